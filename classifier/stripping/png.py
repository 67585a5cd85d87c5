"""PNG: the chunks of the first picture and of its colours.

W3C, Portable Network Graphics (Third Edition), section 11.
"""

import struct
import zlib

from . import exif
from .exceptions import NotStripped

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST cICP".split()
)


def strip(content, orientation):
    yield SIGNATURE
    for kind, chunk in parts(content):
        if kind == b"IDAT" and orientation != 1:
            yield _chunk(b"eXIf", exif.turned(orientation).removeprefix(b"Exif\0\0"))
            orientation = 1
        if kind in CHUNKS:
            yield chunk


def parts(content):
    """Yield (kind, bytes) of each chunk, up to the last one."""
    at, kind = len(SIGNATURE), None
    while kind != b"IEND":
        size, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + size
        if end > len(content):
            raise NotStripped("A chunk goes beyond the end.")
        yield kind, content[at:end]
        at = end


def _chunk(kind, payload):
    checksum = zlib.crc32(kind + payload)
    return (
        struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)
    )
