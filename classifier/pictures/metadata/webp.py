"""WebP: the chunks of pictures, animations and colours (RFC 9649, section 2.7)."""

import struct

from . import exif, profiles
from .exceptions import NotStripped

CHUNKS = frozenset(b"VP8X,VP8 ,VP8L,ALPH,ICCP,ANIM,ANMF".split(b","))
HAS_PROFILE, HAS_EXIF, HAS_XMP = 0x20, 0x08, 0x04


def strip(content, orientation):
    found = [(kind, chunk) for kind, chunk in parts(content) if kind in CHUNKS]
    dropped = {
        kind
        for kind, chunk in found
        if kind == b"ICCP" and not profiles.is_kept(_payload(chunk))
    }
    chunks = [
        chunk if kind != b"VP8X" else _without_flags(chunk, orientation, dropped)
        for kind, chunk in found
        if kind not in dropped
    ]
    if orientation != 1:
        chunks.append(
            _chunk(b"EXIF", exif.turned(orientation).removeprefix(b"Exif\0\0"))
        )
    body = b"WEBP" + b"".join(chunks)
    yield b"RIFF" + struct.pack("<I", len(body)) + body


def parts(content):
    """Yield (kind, bytes) of each chunk, padded."""
    at, end = 12, 8 + struct.unpack_from("<I", content, 4)[0]
    while at + 8 <= min(end, len(content)):
        kind, size = struct.unpack_from("<4sI", content, at)
        following = at + 8 + size + size % 2
        if at + 8 + size > len(content):
            raise NotStripped("A chunk goes beyond the end.")
        yield kind, content[at:following].ljust(following - at, b"\0")
        at = following


def _chunk(kind, payload):
    padding = b"\0" * (len(payload) % 2)
    return kind + struct.pack("<I", len(payload)) + payload + padding


def _payload(chunk):
    return chunk[8 : 8 + struct.unpack_from("<I", chunk, 4)[0]]


def _without_flags(chunk, orientation, dropped):
    flags = chunk[8] & ~(HAS_EXIF | HAS_XMP | (HAS_PROFILE if dropped else 0))
    if orientation != 1:
        flags |= HAS_EXIF
    return chunk[:8] + bytes([flags]) + chunk[9:]
