"""The items of HEIF and AVIF files: pictures, metadata, and their places."""

import struct

from .boxes import boxes
from .exceptions import NotStripped

MAX_EXTENTS = 10_000
DATA = (b"mdat", b"idat")  # the boxes with the data of all items
METADATA = (b"Exif", b"mime")
EMPTY_EXIF = b"\0\0\0\0II*\0\x08\0\0\0"  # followed by no directory


def extents(content, at, end):
    """Yield (is metadata, start, end, replacement) of each item."""
    found = {}
    for kind, start, body, after in boxes(content, at, end):
        found[kind] = body, after
        yield False, start, body if kind in DATA else after, b""
    if b"iinf" not in found:
        return
    kinds = _item_kinds(content, *found[b"iinf"])
    idat = found.get(b"idat", (None,))[0]
    for item, offset, size in _item_extents(content, found[b"iloc"][0], idat):
        if offset + size > len(content):
            raise NotStripped("An item goes beyond the end.")
        if not size:  # up to the end of its container
            raise NotStripped("An item has no end.")
        kind = kinds.get(item)
        instead = EMPTY_EXIF if kind == b"Exif" else b""
        yield kind in METADATA, offset, offset + size, instead


def _item_kinds(content, at, end):
    version = content[at]
    at += 6 if version == 0 else 8
    kinds = {}
    for _kind, _start, body, _end in boxes(content, at, end):
        if content[body] < 2:
            raise NotStripped("An item is of an old kind.")
        wide = content[body] > 2
        item, _protection, kind = struct.unpack_from(
            ">IH4s" if wide else ">HH4s", content, body + 4
        )
        kinds[item] = kind
    return kinds


def _item_extents(content, at, idat):
    """Yield (item, offset in the file, size), by ISO/IEC 14496-12, section 8.11.3."""
    numbers, extents = _Numbers(content, at + 4), 0
    version = content[at]
    sizes = numbers.read(2)
    offset_size, length_size = sizes >> 12, sizes >> 8 & 15
    base_size, index_size = sizes >> 4 & 15, sizes & 15
    for _ in range(numbers.read(4 if version == 2 else 2)):
        item = numbers.read(4 if version == 2 else 2)
        method = numbers.read(2) & 15 if version else 0
        numbers.read(2)
        base = numbers.read(base_size)
        if method == 1 and idat is not None:
            base += idat
        elif method:
            raise NotStripped("An item is made of others.")
        extents += (count := numbers.read(2))
        if extents > MAX_EXTENTS:
            raise NotStripped("The items are in too many places.")
        for _ in range(count):
            numbers.read(index_size if version else 0)
            yield item, base + numbers.read(offset_size), numbers.read(length_size)


class _Numbers:
    """Integers of various sizes, one after the other."""

    def __init__(self, content, at):
        self.content = content
        self.at = at

    def read(self, size):
        found = self.content[self.at : self.at + size]
        if len(found) < size:
            raise NotStripped("A number goes beyond the end.")
        self.at += size
        return int.from_bytes(found, "big")
