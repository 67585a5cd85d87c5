"""AVIF files that libavif's strict parser refuses, and browsers open.

Encoders before 2021 wrote the associations of each item into a separate box, and gave
the alpha plane no size (ISO/IEC 23008-12, sections 6.5.3.1 and 9.3). Pillow has no
switch for that, so the metadata box is rewritten. Groups of items, some kinds of which
libavif refuses, are removed, since no pixel needs them.
"""

import struct

from .metadata.boxes import boxes
from .metadata.exceptions import NotStripped

GROUPS = b"grpl"


def mended(content):
    """Return an AVIF with one box of associations and a size for each item, or None.

    The new `meta` box is appended and the old one blanked, so that offsets into the
    file stay valid.
    """
    try:
        [(start, body, end)] = [at for kind, *at in _all(content) if kind == b"meta"]
        meta = _meta(content[body + 4 : end])
    except (NotStripped, ValueError, IndexError, struct.error):
        return None
    blanked = content[: start + 4] + b"free" + content[start + 8 :]
    return blanked + _box(b"meta", content[body : body + 4] + meta)


def _meta(content):
    parts = [(kind, content[body:end]) for kind, _, body, end in _all(content)]
    return b"".join(
        _box(kind, _properties(part) if kind == b"iprp" else part)
        for kind, part in parts
        if kind != GROUPS
    )


def _properties(content):
    """Return the properties with all boxes of associations merged into one."""
    parts = [(kind, content[body:end]) for kind, _, body, end in _all(content)]
    [container] = [part for kind, part in parts if kind == b"ipco"]
    associations = [part for kind, part in parts if kind == b"ipma"]
    [head] = {part[:4] for part in associations}
    kinds = [kind for kind, *_ in _all(container)]
    size = kinds.index(b"ispe") + 1 if kinds.count(b"ispe") == 1 else None
    items = [item for part in associations for item in _items(part, size)]
    ipma = head + struct.pack(">I", len(items)) + b"".join(items)
    return _box(b"ipco", container) + _box(b"ipma", ipma)


def _items(ipma, size):
    """Yield the associations of each item, with the only size, if there is one."""
    item_bytes, width = 4 if ipma[0] else 2, 2 if ipma[3] & 1 else 1
    is_essential = 0x80 << 8 * (width - 1)
    [count] = struct.unpack_from(">I", ipma, 4)
    at = 8
    for _ in range(count):
        item, number = ipma[at : at + item_bytes], ipma[at + item_bytes]
        at += item_bytes + 1
        entries = [
            int.from_bytes(ipma[i : i + width], "big")
            for i in range(at, at + number * width, width)
        ]
        at += number * width
        if size and size not in {entry & ~is_essential for entry in entries}:
            entries.insert(0, size)
        packed = b"".join(entry.to_bytes(width, "big") for entry in entries)
        yield item + bytes([len(entries)]) + packed


def _all(content):
    return boxes(content, 0, len(content))


def _box(kind, body):
    return struct.pack(">I4s", len(body) + 8, kind) + body
