"""PNG files with chunks that browsers skip and strict decoders refuse, rewritten."""

import struct

from .metadata import png

HEADER, DATA, END = b"IHDR", b"IDAT", b"IEND"
PALETTE_BYTES = range(3, 3 * 256 + 1, 3)
# The chunks kept besides the pixels, with the lengths that the standard allows.
LENGTHS = {
    HEADER: (13,),
    b"gAMA": (4,),
    b"cHRM": (32,),
    b"sRGB": (1,),
    b"cICP": (4,),
    b"PLTE": PALETTE_BYTES,
    b"tRNS": range(1, 257),
    b"eXIf": range(1, 65_536),
}


def mended(content):
    """Return a PNG with only the chunks of its picture, or None without them.

    Checksums are recomputed; the first chunk of each kind counts, and all data is in
    one chunk. Texts and profiles are removed, because some are refused for their size.
    """
    found, data = {}, []
    for kind, payload in _chunks(content):
        if kind == DATA:
            data.append(payload)
        elif not data and len(payload) in LENGTHS.get(kind, ()):
            found.setdefault(kind, payload)
    if HEADER not in found or not data:
        return None
    before = [(HEADER, found.pop(HEADER)), *found.items()]
    chunks = [*before, (DATA, b"".join(data)), (END, b"")]
    return png.SIGNATURE + b"".join(png.build_chunk(*each) for each in chunks)


def _chunks(content):
    """Yield (kind, payload) of each valid chunk; the last one may be cut short."""
    at = len(png.SIGNATURE)
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        if not kind.isalpha() or kind == END:
            return
        yield kind, content[at + 8 : at + 8 + size]
        at += 12 + size
