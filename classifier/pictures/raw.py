"""The preview in a camera's RAW file: a complete JPEG.

It is found by its first bytes, in the formats of all makers. Apart from it, only the
first directory of TIFF is read, for the orientation.
"""

import contextlib
import io
import itertools
import math
import re
import struct

from PIL import ExifTags, TiffImagePlugin

from .metadata import MAX_PARTS, NotStripped, exif, jpeg

START = re.compile(rb"\xff\xd8\xff[\xdb\xe0-\xef\xfe]")
MAX_STARTS, MAX_FALSE = 16, 2  # cameras write up to three; each costs a parse
LEAST_SIDE = 320  # smaller ones are thumbnails, with black borders
FRAMES = (
    0xC0,
    0xC1,
    jpeg.PROGRESSIVE,
)  # frames of pictures; RAW data has others
# The byte orders of TIFF; makers write various numbers after them.
TIFF_HEADS = {b"II": b"II*\0", b"MM": b"MM\0*"}
CR3_DIRECTORY = b"CMT1"
HEAD_BYTES = 65_536
MAKE = ExifTags.Base.Make


def preview(content):
    """Return the largest JPEG in a RAW file, with the file's orientation, or None."""
    size, parts = max(
        _jpegs(content), key=lambda each: math.prod(each[0]), default=((), [])
    )
    if max(size, default=0) < LEAST_SIDE:
        return None
    if orientation := _orientation(content):
        others = [part for part in parts[1:] if part[0] != jpeg.EXIF]
        parts = [parts[0], (jpeg.EXIF, jpeg.turned(orientation)), *others]
    return b"".join(segment for _marker, segment in parts)


def is_of_camera(content):
    """Tell whether a TIFF names the camera that made it."""
    return bool(_directory(content).get(MAKE))


def _jpegs(content):
    """Yield the size and the parts of each JPEG in a file."""
    at = false = 0
    for _ in range(MAX_STARTS):
        start = START.search(content, at)
        if not start or false == MAX_FALSE:
            return
        parts = _parts(content[start.start() :])
        frames = [segment for marker, segment in parts if marker in FRAMES]
        if len(frames) == 1:
            height, width = struct.unpack_from(">HH", frames[0], 5)
            yield (width, height), parts
        false += not parts
        length = sum(len(segment) for _marker, segment in parts)
        at = start.start() + max(length, 1)


def _parts(content):
    """Return the parts of the JPEG at the start of a file, none if it has no end."""
    try:
        parts = list(itertools.islice(jpeg.parts(content), MAX_PARTS))
    except (NotStripped, IndexError, struct.error):
        return []
    return parts if parts[-1][0] == jpeg.EOI else []


def _orientation(content):
    """Return the orientation in the first directory, or None."""
    orientation = _directory(content).get(exif.ORIENTATION)
    return orientation if orientation in range(1, 9) else None


def _directory(content):
    """Return the first directory of a TIFF, or of the one in Canon's CR3."""
    at = content.find(CR3_DIRECTORY, 0, HEAD_BYTES) + len(CR3_DIRECTORY)
    tiff = content if content[:2] in TIFF_HEADS else content[at : at + HEAD_BYTES]
    file = io.BytesIO(tiff)
    # Hostile bytes can raise anything.
    with contextlib.suppress(Exception):
        directory = TiffImagePlugin.ImageFileDirectory_v2(
            TIFF_HEADS[tiff[:2]] + tiff[4:8]
        )
        file.seek(directory.next)
        directory.load(file)
        return dict(directory)
    return {}
