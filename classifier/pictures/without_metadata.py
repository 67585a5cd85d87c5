"""The stored form of an uploaded file: its pixels without metadata."""

import io

from ..exceptions import UnreadablePicture
from . import metadata
from .cut_short import DRAWN_SIZE, is_cut_short
from .decoding import open_picture
from .formats import FORMATS, JPEGS
from .limits import size_bytes_of
from .mending import MENDED
from .previews import as_shown

# Damaged files of these formats may continue in the removed parts.
READ_BEYOND = ("GIF", "HEIF", "AVIF")
PNG_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA", "I;16"))
KEPT_SIZE, KEPT_QUALITY = (2048, 2048), 95


def without_metadata(file, picture):
    """Return the stored form of an uploaded file, as a binary file, and its Format.

    It contains no place, device or name, and the original pixels. A picture is
    re-encoded in sRGB, of `KEPT_SIZE` at most, if its file cannot be parsed, was
    incomplete, or needs a colour profile that may contain a name: a JPEG stays a JPEG,
    others become PNG.
    """
    if is_cut_short(picture):
        return _drawn_anew(picture)
    if MENDED in picture.info:
        file = io.BytesIO(picture.info[MENDED])
    turned = metadata.exif.turned_by(picture)
    try:
        kept = io.BytesIO(metadata.strip(file, picture.format, turned))
        if picture.format in READ_BEYOND and size_bytes_of(kept) < size_bytes_of(file):
            open_picture(kept)
        return kept, FORMATS[picture.format]
    except (metadata.NotStripped, UnreadablePicture):
        if picture.format in JPEGS:  # it was decoded small, for an answer
            picture = open_picture(file, DRAWN_SIZE)
        return _drawn_anew(picture)


def _drawn_anew(picture):
    kept = io.BytesIO()
    if picture.format in JPEGS:
        as_shown(picture, KEPT_SIZE).save(kept, "JPEG", quality=KEPT_QUALITY)
        return kept, FORMATS["JPEG"]
    if picture.mode in PNG_MODES and max(picture.size) <= max(KEPT_SIZE):
        bare = picture.copy()
        bare.info = {"transparency": bare.info.get("transparency")}
    else:
        bare = as_shown(picture, KEPT_SIZE)
    bare.save(kept, "PNG", compress_level=1)  # a fifth of the default's time
    return kept, FORMATS["PNG"]
