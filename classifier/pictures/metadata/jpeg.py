"""JPEG: the segments that decoding and colours need.

ITU-T T.81, annex B.
"""

import itertools
import re
import struct

from . import exif, profiles
from .exceptions import NotStripped

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
PROGRESSIVE = 0xC2
TABLES = {*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xDF} - {0xC8}
JFIF, EXIF = 0xE0, 0xE1
ICC = 0xE2
# What may follow a scan; all else there is pixels that were damaged.
BETWEEN_SCANS = {0xC4, 0xCC, SOS, EOI, 0xDB, 0xDC, 0xDD}
APPLICATIONS = {JFIF: b"JFIF\0", ICC: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
START_OF_SCAN = b"\xff\xda"  # cannot stand within one
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")  # those without a length not


def scans(file):
    """Return how many times a decoder goes over the whole picture."""
    file.seek(0)
    return file.read().count(START_OF_SCAN)


def strip(content, orientation):
    of_orientation = [turned(orientation)] if orientation != 1 else []
    segments = list(parts(content))
    after = itertools.dropwhile(lambda part: part[0] != SOS, segments)
    if not BETWEEN_SCANS.issuperset(marker for marker, _ in after):
        raise NotStripped("Its pixels are damaged.")
    is_profile_kept = profiles.is_kept(_profile(segments))
    for marker, segment in segments:
        if marker in APPLICATIONS:
            if marker == ICC and not is_profile_kept:
                continue
            if segment[4:].startswith(APPLICATIONS[marker]):
                yield segment if marker != JFIF else _without_thumbnail(segment)
        elif marker in TABLES or marker in (SOI, SOS, EOI):
            if marker != SOI:
                yield from of_orientation
                of_orientation = []
            yield segment


def turned(orientation):
    """Return the segment that says only how to turn the picture."""
    return _segment(EXIF, exif.turned(orientation))


def _profile(segments):
    """Return the ICC profile, which is in as many segments as it needs, by number."""
    pieces = [
        segment[16:]
        for marker, segment in segments
        if marker == ICC and segment[4:].startswith(APPLICATIONS[ICC])
    ]
    return b"".join(piece[2:] for piece in sorted(pieces))


def parts(content):
    """Yield (marker, bytes) from the start of the picture to its end.

    Data between segments is ignored by decoders. Before the pixels, where a decoder
    searches it, it is yielded byte by byte.
    """
    yield SOI, content[:2]
    at, has_scan = 2, False
    while True:
        if not (found := MARKER.search(content, at)):
            raise NotStripped("The JPEG has no end.")
        step = len(content) if has_scan else 1
        for junk in range(at, found.start(), step):
            yield None, content[junk : min(junk + step, found.start())]
        at, marker = found.end() - 2, content[found.end() - 1]
        if marker == EOI:
            yield EOI, b"\xff\xd9"
            return
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if marker == SOS:
            has_scan = True
            if not (found := MARKER.search(content, end)):
                raise NotStripped("The last scan has no end.")
            end = found.start()
        yield marker, content[at:end]
        at = end


def _without_thumbnail(segment):
    """Return the JFIF segment without its thumbnail, of size 0 by 0."""
    return _segment(JFIF, segment[4:16] + b"\0\0")


def _segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
