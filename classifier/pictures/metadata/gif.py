"""GIF: pictures, their timing and their repetition; no comments (GIF89a, 1990)."""

PICTURE, EXTENSION, END = 0x2C, 0x21, 0x3B
TIMING = 0xF9
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def strip(content, orientation):
    for is_kept, part in parts(content):
        if is_kept:
            yield part


def parts(content):
    """Yield (whether it is kept, bytes); ignored data is yielded byte by byte."""
    at = 13 + _colours_bytes(content[10])
    yield True, content[:at]
    while (introducer := content[at]) != END:
        start = at
        is_kept = introducer == PICTURE
        if introducer == PICTURE:
            at += 11 + _colours_bytes(content[at + 9])
        elif introducer == EXTENSION:
            is_kept = content[at + 1] == TIMING or content[at + 3 : at + 14] in LOOPS
            at += 2
        else:
            at += 1
            yield False, b""
            continue
        while size := content[at]:
            at += 1 + size
            if introducer == EXTENSION:
                yield False, b""  # each costs a decoder as much as a block
        at += 1
        yield is_kept, content[start:at]
    yield True, bytes([END])


def _colours_bytes(flags):
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
