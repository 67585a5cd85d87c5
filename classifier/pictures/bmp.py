"""BMP files with headers that browsers accept and Pillow does not, rewritten.

Headers and palettes of odd sizes, 2 bits per pixel, any colour masks: for examples and
their descriptions see https://entropymine.com/jason/bmpsuite.
"""

import struct

import numpy as np
from django.conf import settings

FILE_HEADER, INFO_HEADER = 14, 40
INFO_SIZES = range(16, 125)  # OS/2 truncates it anywhere
RAW, RLE8, RLE4, MASKS, ALPHA_MASKS = 0, 1, 2, 3, 6
BGRA = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)


def mended(content):
    """Return a BMP with a header and pixels that Pillow reads, or None."""
    try:
        return _plain(content)
    except (struct.error, ValueError):
        return None


def _plain(content):
    [offset, size] = struct.unpack_from("<II", content, 10)
    if not content.startswith(b"BM") or size not in INFO_SIZES:
        return None
    fields = content[FILE_HEADER + 4 : FILE_HEADER + size].ljust(36, b"\0")
    width, height, _planes, bits, compression, *_sizes, colours, _important = (
        struct.unpack_from("<iiHHI3III", fields)
    )
    if not 0 < width * abs(height) <= settings.MAX_UPLOAD_PIXELS:
        return None
    pixels = content[offset:]
    if compression in (MASKS, ALPHA_MASKS) and bits in (16, 32):
        has_alpha = compression == ALPHA_MASKS or size >= 56
        at = FILE_HEADER + INFO_HEADER
        masks = [*struct.unpack_from("<IIII", content, at)][: 3 + has_alpha]
        pixels = _with_masks(_rows(pixels, width, bits), bits, masks, width)
        return _file(width, height, 32, MASKS, struct.pack("<IIII", *BGRA), pixels)
    if compression not in (RAW, RLE8, RLE4) or bits not in (1, 2, 4, 8, 24, 32):
        return None
    palette = b""
    if bits <= 8:
        count = min(colours or 1 << bits, 1 << bits)
        start = FILE_HEADER + size
        palette = content[start : min(start + 4 * count, offset)]
        palette = palette.ljust(4 << max(bits, 8), b"\0")
    if bits == 2:
        bits, pixels = 8, _of_two_bits(_rows(pixels, width, bits), width)
    return _file(width, height, bits, compression, palette, pixels)


def _rows(pixels, width, bits):
    """Return the complete rows, uint8 (rows, bytes in a row)."""
    stride = (width * bits + 31) // 32 * 4
    whole = len(pixels) // stride * stride
    return np.frombuffer(pixels[:whole], np.uint8).reshape(-1, stride)


def _of_two_bits(rows, width):
    values = rows[:, :, np.newaxis] >> np.array([6, 4, 2, 0], np.uint8) & 3
    values = values.reshape(len(rows), -1)[:, :width]
    return np.pad(values, ((0, 0), (0, -width % 4))).tobytes()


def _with_masks(rows, bits, masks, width):
    """Return rows in BGRA of 8 bits each, from colours of any bit masks."""
    values = rows.view(f"<u{bits // 8}")[:, :width]
    colours = np.full((*values.shape, 4), 255, np.uint8)
    for channel, mask in zip((2, 1, 0, 3), masks, strict=False):
        if mask:
            lowest = mask & -mask
            scaled = (values & mask) // lowest * (255 / (mask // lowest))
            colours[..., channel] = scaled.round()
        elif channel != 3:
            colours[..., channel] = 0
    return colours.tobytes()


def _file(width, height, bits, compression, palette, pixels):
    """Return the file; a header with masks has room for them."""
    size = INFO_HEADER + (16 if compression == MASKS else 0)
    offset = FILE_HEADER + INFO_HEADER + len(palette)
    return (
        struct.pack("<2sIII", b"BM", offset + len(pixels), 0, offset)
        + struct.pack("<IiiHHI", size, width, height, 1, bits, compression)
        + struct.pack("<IIIII", len(pixels), 0, 0, len(palette) // 4, 0)
        + palette
        + pixels
    )
