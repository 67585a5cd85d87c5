"""What is kept of a file that was sent: its pixels, and no metadata."""

import io

from .. import stripping
from ..exceptions import UnreadablePicture
from .decoding import open_picture
from .formats import FORMATS
from .limits import size_bytes_of
from .shown import as_shown

# Damaged ones of these may go on in what was taken out.
READ_BEYOND = ("GIF", "HEIF", "AVIF")
PNG_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA", "I;16"))
KEPT_SIZE = (2048, 2048)


def without_metadata(file, picture):
    """Return what is kept of an uploaded file, as a binary file, and its Format.

    No place, device or name; the pixels are those that were sent. What cannot be
    taken apart is kept as a PNG of what was decoded, of `KEPT_SIZE` at most.
    """
    try:
        kept = io.BytesIO(stripping.strip(file, picture.format))
        if picture.format in READ_BEYOND and size_bytes_of(kept) < size_bytes_of(file):
            open_picture(kept)
        return kept, FORMATS[picture.format]
    except (stripping.NotStripped, UnreadablePicture):
        kept = io.BytesIO()
        if picture.mode in PNG_MODES and max(picture.size) <= max(KEPT_SIZE):
            bare = picture.copy()
            bare.info = {}
        else:
            bare = as_shown(picture, KEPT_SIZE)
        bare.save(kept, "PNG", compress_level=1)  # five times as fast as by default
        return kept, FORMATS["PNG"]
