"""PNG: the chunks of the first picture and of its colours.

W3C, Portable Network Graphics (Third Edition), section 11.
"""

import struct
import zlib

from ..colours import icc
from . import exif, profiles
from .exceptions import NotStripped

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST cICP".split()
)


def strip(content, orientation):
    yield SIGNATURE
    for kind, chunk in parts(content):
        if kind == b"IDAT" and orientation != 1:
            yield build_chunk(
                b"eXIf", exif.turned(orientation).removeprefix(b"Exif\0\0")
            )
            orientation = 1
        if kind == b"iCCP":
            chunk = _profile_chunk(chunk)
        if kind in CHUNKS:
            yield chunk


def cicp(content):
    """Return the code points of the picture's colours (ITU-T H.273), or None."""
    for kind, chunk in parts(content):
        if kind == b"cICP":
            return tuple(chunk[8:-4])
        if kind == b"IDAT":
            return None
    return None


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


def _profile_chunk(chunk):
    """Return the profile's chunk under a neutral name, or nothing if it can go."""
    _name, _end, compressed = chunk[8:-4].partition(b"\0")
    decompressor = zlib.decompressobj()
    try:
        profile = decompressor.decompress(compressed[1:], icc.MAX_BYTES)
    except zlib.error:
        return b""
    if not profiles.is_kept(profile):
        return b""
    return build_chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile))


def build_chunk(kind, payload):
    checksum = zlib.crc32(kind + payload)
    return (
        struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)
    )
