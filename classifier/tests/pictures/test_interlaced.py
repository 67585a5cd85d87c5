"""Interlaced PNG of which some passes came."""

import io
import struct
import zlib

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier import pictures
from classifier.exceptions import UnreadablePicture
from classifier.pictures.metadata.png import SIGNATURE, build_chunk

# Where the first passes start, and their steps: x, y, right, down.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4))
# As Pillow names and as PNG numbers them.
COLOURS = {"L": 0, "RGB": 2, "P": 3, "RGBA": 6}


def photograph(mode):
    levels = np.random.default_rng(1).integers(0, 250, (70, 117), np.uint8)
    picture = Image.fromarray(levels)
    if mode != "P":
        return picture.convert(mode)
    picture = picture.convert("P")
    picture.putpalette(bytes(range(256)) * 3)
    return picture


def interlaced(picture, passes):
    """Return a PNG of which the first passes came."""
    header = struct.pack(">2I5B", *picture.size, 8, COLOURS[picture.mode], 0, 0, 1)
    pixels = np.asarray(picture)
    rows = [
        b"\0" + row.tobytes()
        for x, y, right, down in PASSES[:passes]
        for row in pixels[y::down, x::right]
    ]
    compressor = zlib.compressobj()
    data = compressor.compress(b"".join(rows)) + compressor.flush(zlib.Z_SYNC_FLUSH)
    chunks = [build_chunk(b"IHDR", header), build_chunk(b"IDAT", data)]
    if picture.mode == "P":
        chunks.insert(1, build_chunk(b"PLTE", bytes(picture.getpalette())))
    return SIGNATURE + b"".join(chunks)


class InterlacedTests(SimpleTestCase):
    def test_reads_the_pixels_that_came_in_place_of_those_beside_them(self):
        for mode in COLOURS:
            ground = photograph(mode)
            for passes, step in ((5, 2), (4, 4), (3, 4)):
                with self.subTest(mode, passes=passes):
                    content = io.BytesIO(interlaced(ground, passes))

                    picture = pictures.open_picture(content)

                    self.assertIs(pictures.is_cut_short(picture), True)
                    came = np.asarray(ground)[::step, ::step]
                    spread = came.repeat(step, axis=0).repeat(step, axis=1)[:70, :117]
                    np.testing.assert_array_equal(np.asarray(picture), spread)
                    kept, _format = pictures.without_metadata(content, picture)
                    again = pictures.open_picture(kept)
                    np.testing.assert_array_equal(np.asarray(again), spread)

    def test_refuses_one_with_too_few_pixels(self):
        for passes in range(3):
            with (
                self.subTest(passes=passes),
                self.assertRaisesMessage(UnreadablePicture, "is incomplete"),
            ):
                content = interlaced(photograph("RGB"), passes)
                pictures.open_picture(io.BytesIO(content))
