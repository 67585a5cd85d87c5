"""BMP that Windows and OS/2 wrote, and Pillow alone does not follow."""

import io
import struct

import numpy as np
from django.test import SimpleTestCase

from classifier import pictures


def bmp(pixels, bits, compression=0, after=b"", *, size=40, colours=0):
    """Return a BMP of 4 x 1 pixels whose header has the given length."""
    header = struct.pack(
        "<IiiHHI4xII4sI", size, 4, 1, 1, bits, compression, 0, 0, b"", colours
    )
    header = (header + bytes(4))[:size] + after
    offset = 14 + len(header)
    return struct.pack("<2sI4xI", b"BM", offset + len(pixels), offset) + header + pixels


class BmpTests(SimpleTestCase):
    def read(self, content):
        """Return the colours of a picture's pixels, which are kept as they are."""
        file = io.BytesIO(content)
        picture = pictures.open_picture(file)
        kept, _format = pictures.without_metadata(file, picture)
        both = [each.convert("RGB") for each in (picture, pictures.open_picture(kept))]
        colours, again = ([each.getpixel((x, 0)) for x in range(4)] for each in both)
        self.assertEqual(again, colours)
        return colours

    def test_reads_a_bmp_whatever_masks_its_colours_have(self):
        values = np.arange(4)
        greys = {
            "4 bits": (16, (0xF00, 0xF0, 0xF), values * 0x555, [0, 85, 170, 255]),
            "10 bits": (
                32,
                (0x3FF, 0xFFC00, 0x3FF00000),
                values * 341 * 0x100401,
                [0, 85, 170, 255],
            ),
            "one bit": (16, (4, 2, 1), values // 2 * 7, [0, 0, 255, 255]),
        }
        for name, (bits, masks, values, expected) in greys.items():
            for compression in (3, 6):
                with self.subTest(name, compression=compression):
                    after = struct.pack("<4I", *masks, 0)
                    pixels = values.astype(f"<u{bits // 8}").tobytes()

                    levels = self.read(bmp(pixels, bits, compression, after))

                    self.assertEqual(levels, [(each,) * 3 for each in expected])

    def test_reads_a_bmp_with_an_odd_header_or_palette(self):
        colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9)]
        palette = b"".join(bytes([*colour[::-1], 0]) for colour in colours)
        pixels = b"\0\1\2\3"
        contents = {
            "OS/2's of 16 bytes": bmp(pixels, 8, 0, palette, size=16),
            "2 bits": bmp(b"\x1b\0\0\0", 2, 0, palette),
            "a billion colours": bmp(pixels, 8, 0, palette, colours=10**9),
            "300 colours": bmp(pixels, 8, 0, palette.ljust(1200, b"\0"), colours=300),
        }
        for name, content in contents.items():
            with self.subTest(name):
                self.assertEqual(self.read(content), colours)
