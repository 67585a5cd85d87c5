"""One example picture of each class, for visitors without a picture at hand.

They are test pictures of Fashion-MNIST (MIT licence), never trained on. They lie side
by side in one file in the order of the labels, so that a browser needs one request.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from django.utils.text import slugify
from PIL import Image

from .labels import CLASS_NAMES

STRIP = Path(__file__).with_name("static") / "classifier" / "examples.png"
SIDE = 28  # pixels


@dataclass(frozen=True, slots=True)
class Example:
    """A square of the strip, `left` pixels from its beginning."""

    class_name: str
    left: int

    @property
    def name(self):
        return slugify(self.class_name.replace("/", "-"))

    def open(self):
        """Return a file of this picture alone."""
        file = io.BytesIO()
        with Image.open(STRIP) as strip:
            strip.crop((self.left, 0, self.left + SIDE, SIDE)).save(file, "PNG")
        file.seek(0)
        return file


EXAMPLES = {
    example.name: example
    for example in (
        Example(class_name, label * SIDE)
        for label, class_name in enumerate(CLASS_NAMES)
    )
}


def known_to(class_names):
    """Return the examples whose class is among a network's classes."""
    return [each for each in EXAMPLES.values() if each.class_name in class_names]
