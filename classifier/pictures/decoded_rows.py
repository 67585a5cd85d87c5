"""The rows that a decoder wrote, found by decoding over noise."""

import numpy as np
from PIL import Image

from .formats import JPEGS

STRIP_PIXELS = 1_000_000  # compared at a time
NOISE = bytes(i * i * 31 % 251 for i in range(1, 4096))


def rows_that_came(picture, noise):
    """Return (first, last + 1) of the rows that are not noise.

    JPEG decoders fill missing data with the last colour: such rows at the end did not
    arrive.
    """
    noise, flags = np.asarray(noise), []
    step = max(1, STRIP_PIXELS // picture.width)
    for y in range(0, picture.height, step):
        below = min(y + step, picture.height)
        rows = np.asarray(picture.crop((0, y, picture.width, below)))
        flags.append((_differ(rows, noise), _differ(rows, rows[:, :1])))
    came, varied = (np.concatenate(each) for each in zip(*flags, strict=True))
    ends = came & varied if picture.format in JPEGS else came
    return int(came.argmax()), int(ends.nonzero()[0][-1]) + 1


def _differ(rows, others):
    return (rows != others).reshape(len(rows), -1).any(axis=1)


def noise_of(picture):
    """Return a row of noise in a picture's mode; for a GIF, in its background."""
    size = picture.width, 1
    if picture.format == "GIF" and "transparency" in picture.info:
        return Image.new(picture.mode, size, picture.info["transparency"])
    length = len(Image.new(picture.mode, size).tobytes())
    content = (NOISE * (length // len(NOISE) + 1))[:length]
    return Image.frombytes(picture.mode, size, content)
