"""The boxes of HEIF and AVIF files, by ISO/IEC 14496-12, section 4.2."""

import struct

from .exceptions import NotStripped


class BrokenBox(NotStripped):
    """A box that ends beyond its container."""


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
