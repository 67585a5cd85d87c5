"""HEIC and AVIF: metadata is blanked in place.

All other data is found by its offset. ISO/IEC 14496-12, ISO/IEC 23008-12.
"""

import struct

from ..colours import icc
from . import profiles
from .exceptions import NotStripped

BOXES = frozenset((b"ftyp", b"meta", b"mdat", b"idat", b"moov"))
MAX_EXTENTS = 10_000
DATA = (b"mdat", b"idat")  # the boxes with the data of all items
PROFILES = (b"prof", b"rICC")
NAMING = (b"udta", b"meta", *(b"colr" + kind for kind in PROFILES))
METADATA = (b"Exif", b"mime")
EMPTY_EXIF = b"\0\0\0\0II*\0\x08\0\0\0"  # followed by no directory


class BrokenBox(NotStripped):
    """A box that ends beyond its container."""


def strip(content, orientation):
    """Yield the file up to its last box; the orientation is in boxes, not in EXIF."""
    whole = list(_whole_boxes(content))
    content = bytearray(content[: whole[-1][-1]])
    blank, kept = [], []
    for kind, start, body, end in whole:
        if kind == b"meta":
            for is_metadata, *extent in _extents(content, body + 4, end):
                (blank if is_metadata else kept).append(extent)
        elif kind == b"moov" and any(each in content[body:end] for each in NAMING):
            raise NotStripped("A sequence has names of its own.")
        elif kind in BOXES:
            kept.append((start, body if kind in DATA else end, b""))
        else:
            blank += [(start + 4, start + 8, b"free"), (body, end, b"")]
    if _overlap(blank, kept):
        raise NotStripped("What is metadata is needed for the picture, too.")
    for start, end, instead in blank:
        size = end - start
        content[start:end] = instead[:size].ljust(size, b"\0")
    for start, end in list(_unknown_profiles(content)):
        if len(icc.NAMELESS) > end - start:
            raise NotStripped("There is no room for another profile.")
        content[start:end] = icc.NAMELESS.ljust(end - start, b"\0")
    yield bytes(content)


def _unknown_profiles(content):
    """Yield (start, end) of each profile to remove; its box must keep a valid one."""
    for kind, start, end in colours(content):
        if kind in PROFILES and not profiles.is_kept(bytes(content[start:end])):
            yield start, end


def cicp(content):
    """Return the code points of the picture's colours (ITU-T H.273), or None."""
    for kind, body, end in colours(content):
        if kind == b"nclx":
            return struct.unpack_from(">HHH", content[body:end])
    return None


def colours(content):
    """Yield (kind, start, end) of each description of colours, without its box."""
    for kind, _start, body, end in _whole_boxes(content):
        if kind == b"meta":
            for top, bottom in _properties(content, body + 4, end):
                for start, after in _within(content, top, bottom, b"colr"):
                    yield bytes(content[start : start + 4]), start + 4, after


def _properties(content, at, end):
    """Yield (start, end) of each container of picture properties."""
    for start, after in _within(content, at, end, b"iprp"):
        yield from _within(content, start, after, b"ipco")


def _within(content, at, end, wanted):
    """Yield (start, end) of the content of each box of one kind in a range."""
    for kind, _start, body, after in boxes(content, at, end):
        if kind == wanted:
            yield body, after


def _whole_boxes(content):
    """Yield the boxes of a file; data after them does not belong to the picture."""
    try:
        yield from boxes(content, 0, len(content))
    except BrokenBox:
        return


def boxes(content, at, end):
    """Yield (kind, start, start of its content, end) of the boxes in a range."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, at)
        body = at + 8
        if size == 1:
            size, body = struct.unpack_from(">Q", content, at + 8)[0], at + 16
        following = at + size if size else end
        if not body <= following <= end:
            raise BrokenBox("A box goes beyond the end.")
        yield kind, at, body, following
        at = following


def _overlap(ranges, others):
    """Tell whether a range shares a byte with one of the others."""
    furthest = [0, 0]
    both = [(*each, 0) for each in ranges] + [(*each, 1) for each in others]
    for start, end, _instead, side in sorted(both):
        if start < furthest[1 - side]:
            return True
        furthest[side] = max(furthest[side], end)
    return False


def _extents(content, at, end):
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
