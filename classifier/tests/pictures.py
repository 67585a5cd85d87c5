"""Pictures drawn for tests, as the bytes of a file."""

import io

import pillow_heif
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()


def make_picture(size=(28, 28), colour="white", format="PNG", mode="RGB", **options):
    """Return the bytes of a picture in one colour."""
    return encode(Image.new(mode, size, colour), format, **options)


def make_garment(size=(280, 280), format="PNG", **options):
    """Return the bytes of a light pair of trousers on a dark ground."""
    picture = Image.new("L", (28, 28), 0)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((9, 2, 18, 7), fill=210)
    draw.polygon([(9, 8), (13, 8), (12, 26), (8, 26)], fill=200)
    draw.polygon([(14, 8), (18, 8), (19, 26), (15, 26)], fill=200)
    return encode(picture.resize(size), format, **options)


def encode(picture, format, **options):
    """Return the bytes of a picture in a format of Pillow's."""
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()
