"""HEIC and AVIF: metadata is blanked in place.

All other data is found by its offset. ISO/IEC 14496-12, ISO/IEC 23008-12.
"""

import struct

from ..colours import icc
from . import items, profiles
from .boxes import BrokenBox, boxes
from .exceptions import NotStripped

BOXES = frozenset((b"ftyp", b"meta", b"mdat", b"idat", b"moov"))
PROFILES = (b"prof", b"rICC")
NAMING = (b"udta", b"meta", *(b"colr" + kind for kind in PROFILES))


def strip(content, orientation):
    """Yield the file up to its last box; the orientation is in boxes, not in EXIF."""
    whole = list(_whole_boxes(content))
    content = bytearray(content[: whole[-1][-1]])
    blank, kept = [], []
    for kind, start, body, end in whole:
        if kind == b"meta":
            for is_metadata, *extent in items.extents(content, body + 4, end):
                (blank if is_metadata else kept).append(extent)
        elif kind == b"moov" and any(each in content[body:end] for each in NAMING):
            raise NotStripped("A sequence has names of its own.")
        elif kind in BOXES:
            kept.append((start, body if kind in items.DATA else end, b""))
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


def _overlap(ranges, others):
    """Tell whether a range shares a byte with one of the others."""
    furthest = [0, 0]
    both = [(*each, 0) for each in ranges] + [(*each, 1) for each in others]
    for start, end, _instead, side in sorted(both):
        if start < furthest[1 - side]:
            return True
        furthest[side] = max(furthest[side], end)
    return False
