"""Photographs to try, where a visitor has none at hand; docs/examples.md credits them.

Their names and order do not give their classes away.
"""

from dataclasses import dataclass
from pathlib import Path

from .labels import CLASS_NAMES

STATIC = Path(__file__).with_name("static")


@dataclass(frozen=True, slots=True)
class Example:
    """A photograph with its class; a form sends it by its name."""

    name: str
    class_name: str

    @property
    def path(self):
        """Return where it is among the static files."""
        return f"classifier/examples/{self.name}.webp"

    def open(self):
        """Return the binary file."""
        return (STATIC / self.path).open("rb")


SHOWN = (
    "Dress",
    "Sneaker",
    "Pullover",
    "Trouser",
    "Coat",
    "Sandal",
    "T-shirt/top",
    "Shirt",
    "Ankle boot",
)
EXAMPLES = {
    str(number): Example(str(number), class_name)
    for number, class_name in enumerate(SHOWN, start=1)
}


def known_to(class_names):
    """Return the examples for a network that was learnt for these ten classes.

    Another network may know a class by the same name, and mean something else.
    """
    return list(EXAMPLES.values()) if set(CLASS_NAMES) <= set(class_names) else []
