"""Pictures drawn for tests, as the bytes of a file."""

import io

import pillow_heif
from PIL import Image

from classifier.examples import EXAMPLES

pillow_heif.register_heif_opener()


def make_picture(size=(28, 28), colour="white", format="PNG", mode="RGB", **options):
    """Return the bytes of a picture in one colour."""
    return encode(Image.new(mode, size, colour), format, **options)


def make_garment(size=(280, 280), format="PNG", **options):
    """Return the bytes of a pair of trousers, a test picture of the data set."""
    with EXAMPLES["trouser"].open() as file:
        return encode(Image.open(file).convert("L").resize(size), format, **options)


def encode(picture, format, **options):
    """Return the bytes of a picture in a format of Pillow's."""
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()
