"""One picture of each class, for a visitor who has none at hand.

They are test pictures of Fashion-MNIST (MIT licence), never trained on.
"""

from dataclasses import dataclass
from pathlib import Path

from django.utils.text import slugify

from .labels import CLASS_NAMES

FOLDER = "classifier/examples"  # under the static files


@dataclass(frozen=True, slots=True)
class Example:
    """A small picture among the static files."""

    class_name: str

    @property
    def name(self):
        return slugify(self.class_name.replace("/", "-"))

    @property
    def static_name(self):
        return f"{FOLDER}/{self.name}.png"

    def open(self):
        return Path(__file__).with_name("static").joinpath(self.static_name).open("rb")


EXAMPLES = {example.name: example for example in map(Example, CLASS_NAMES)}


def known_to(class_names):
    """Return the examples that a network with these classes can name."""
    return [each for each in EXAMPLES.values() if each.class_name in class_names]
