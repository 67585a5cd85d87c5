"""Colour spaces for tests: profiles that name somebody, charts, numbers in files."""

import struct
import zlib

import numpy as np
from PIL import Image

from .pictures import encode

OWNER = b"Karla Columna"
P3 = ((0.5151, 0.2412, -0.0011), (0.2919, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
P3_POINTS = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
FINE = {"quality": 95, "subsampling": 0}


def chart():
    """Return a picture of greys and of colours over the whole cube."""
    y, x = np.mgrid[0:96, 0:128]
    colours = np.stack([x * 2, y * 255 // 95, (255 - x - y) % 256], axis=-1)
    colours[:16] = (x[:16] * 2)[..., np.newaxis]
    return Image.fromarray(colours.astype(np.uint8))


def rgb_profile(columns=P3, gamma=2.2):
    """Return an ICC profile with primaries, as XYZ for D50, and a name (ICC.1:2001)."""
    xyz = {
        name: b"XYZ \0\0\0\0" + b"".join(map(_fixed, column))
        for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
    }
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma))
    return _profile(b"mntr", b"RGB ", b"XYZ ", xyz | curves)


def grey_profile(gamma=1.0):
    """Return an ICC profile of greys with a name."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _curve(gamma)})


def cmyk_profile():
    """Return an ICC profile of a press with a name, whose inks take 80 % of light."""
    points = np.indices((9, 9, 9, 9)).reshape(4, -1).T / 8
    lightness = 255 * np.prod(1 - 0.8 * points, axis=1)
    table = np.stack([lightness, 128 + 0 * lightness, 128 + 0 * lightness], axis=1)
    ramp = bytes(range(256))
    matrix = b"".join(_fixed(each) for each in np.eye(3).ravel())
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 9, 0]) + matrix + ramp * 4
    lut += table.astype(np.uint8).tobytes() + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut})


def png_with(picture, **chunks):
    """Return a PNG with further chunks before its pixels."""
    content = encode(picture, "PNG")
    further = b"".join(_chunk(kind.encode(), each) for kind, each in chunks.items())
    return content[:33] + further + content[33:]


def gamma_chunks(gamma, points=None):
    """Return gAMA, and cHRM of points, as `png_with` takes them."""
    chunks = {"gAMA": struct.pack(">I", round(gamma * 100_000))}
    if points:
        numbers = (round(each * 100_000) for each in points)
        chunks["cHRM"] = struct.pack(">8I", *numbers)
    return chunks


def avif_with(picture, primaries, transfer):
    """Return an AVIF whose colours are told by two numbers of ITU-T H.273."""
    content = encode(picture, "AVIF", quality=98, subsampling="4:4:4")
    at = content.index(b"nclx") + 4
    return content[:at] + struct.pack(">HH", primaries, transfer) + content[at + 4 :]


def _profile(kind, space, connection, tags):
    described = b"desc\0\0\0\0" + struct.pack(">I", len(OWNER) + 1) + OWNER + bytes(79)
    tags = {
        b"desc": described,
        b"cprt": b"text\0\0\0\0" + OWNER + b"\0",
        b"wtpt": b"XYZ \0\0\0\0" + b"".join(map(_fixed, (0.9642, 1, 0.8249))),
        **tags,
    }
    directory, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content.ljust(-(-len(content) // 4) * 4, b"\0")
        directory += struct.pack(">4sII", name, at + len(data), len(content))
        data += padded
    head = bytes(8) + b"\x02\x10\0\0" + kind + space + connection + bytes(12) + b"acsp"
    head = head.ljust(68, b"\0") + b"".join(map(_fixed, (0.9642, 1, 0.8249)))
    content = head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + directory + data
    return struct.pack(">I", len(content)) + content[4:]


def _curve(gamma):
    return b"curv\0\0\0\0\0\0\0\1" + struct.pack(">H", round(gamma * 256))


def _fixed(number):
    return struct.pack(">i", round(number * 65536))


def _chunk(kind, payload):
    checksum = zlib.crc32(kind + payload)
    return (
        struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)
    )
