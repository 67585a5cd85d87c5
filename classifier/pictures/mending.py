"""Repairs files that browsers open and Pillow refuses, so that both read them."""

import contextlib
import struct

from . import avif, bmp, png, raw, unsupported
from .metadata import jpeg
from .metadata.exceptions import NotStripped
from .metadata.png import SIGNATURE

MENDED = "mended"  # the repaired bytes, in a picture's `info`
AVIF = (b"ftypavif", b"ftypavis", b"ftypmif1")
HEAD_BYTES = 4096  # enough to recognise a format
JPEG_END = b"\xff\xd9"


def mended(content):
    """Return the repaired bytes of an unreadable file, or None."""
    if content.startswith(SIGNATURE):
        return png.mended(content)
    if content[4:12] in AVIF:
        return avif.mended(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp_of_its_length(content)
    if content.startswith(b"BM"):
        return bmp.mended(content)
    if content.startswith(b"\xff\xd8"):
        return _jpeg_before_damage(content)
    is_raw = unsupported.sentence_of(content[:HEAD_BYTES]) == unsupported.RAW
    if is_raw or raw.is_of_camera(content):
        return raw.preview(content)
    return None


def jpeg_with_end(content):
    """Return a JPEG with the end marker that it lacked, else None."""
    try:
        for _ in jpeg.parts(content):
            pass
    except (NotStripped, IndexError, struct.error):
        return content + JPEG_END
    return None


def _jpeg_before_damage(content):
    """Return the passes of a progressive JPEG before the damaged one, or None."""
    kept, markers, ends = [], [], []
    with contextlib.suppress(NotStripped, IndexError, struct.error):
        for marker, part in jpeg.parts(content):
            if ends and marker not in jpeg.BETWEEN_SCANS:
                break
            kept.append(part)
            markers.append(marker)
            if marker == jpeg.SOS:
                ends.append(len(kept))
    if jpeg.PROGRESSIVE not in markers or len(ends) < 2:
        return None
    return b"".join(kept[: ends[-2]]) + JPEG_END


def _webp_of_its_length(content):
    """Return an incomplete WebP padded with zeros, if most of it is there."""
    length = int.from_bytes(content[4:8], "little") + 8
    if not len(content) < length < 3 * len(content):
        return None
    return content.ljust(length, b"\0")
