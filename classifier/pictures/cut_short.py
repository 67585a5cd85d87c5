"""Incomplete pictures: detects and keeps the rows that arrived.

Pillow's own switch for them applies to the whole process, and counts no rows.
"""

import io
from pathlib import Path

from PIL import Image, ImageChops

from .decoded_rows import noise_of, rows_that_came
from .formats import JPEGS, READERS
from .interlaced import coarse
from .mending import JPEG_END, MENDED, mended
from .metadata import jpeg

CUT_SHORT = "cut_short"  # the share of rows that arrived, in a picture's `info`
# The upper half of a garment shows its class; less could belong to another class.
LEAST_PART = 0.5
# The least size at which a damaged or incomplete JPEG is decoded: missing last passes
# show only in details, and the picture is re-encoded for storage.
DRAWN_SIZE = (1024, 1024)
# These formats' decoders keep the decoded rows after an error.
BY_ROWS = (*JPEGS, "PNG", "BMP", "GIF", "TIFF")
FILLER = bytes(range(1, 255)) * 8


def part(picture):
    """Return the share of a decoded picture's rows that arrived, 1.0 if complete."""
    return picture.info.get(CUT_SHORT, 1.0)


def is_cut_short(picture):
    """Tell whether a decoded picture's file was incomplete."""
    return CUT_SHORT in picture.info


def load(picture, size):
    """Decode a picture in place; keep the rows that arrived of an incomplete one.

    A JPEG is reduced as far as its sides stay at least `size`.

    Raises the decoder's exception if there are too few rows, or other damage.
    """
    file, sent_size = picture.fp, picture.size
    picture.draft(None, DRAWN_SIZE if MENDED in picture.info else size)
    try:
        picture.load()
    except Exception:  # hostile bytes can raise anything
        if picture.format not in BY_ROWS:
            raise
        _load_what_came(picture, _content(file, picture), sent_size)
        return
    if MENDED in picture.info and picture.format in OTHERWISE:
        _cut_where_it_changes(picture)


def _content(file, picture):
    """Return the bytes of a picture's file; Pillow closes files that it opened."""
    if file.closed:
        return Path(picture.filename).read_bytes()
    file.seek(0)
    return file.read()


def _load_what_came(picture, content, sent_size):
    """Decode the repaired file on rows of noise: rows without noise have arrived.

    Raises:
        Exception: the rows that arrived are too few, or not contiguous.
    """
    content = mended(content) or content
    again = Image.open(io.BytesIO(content), formats=READERS)
    if again.size != sent_size or not again.tile:
        raise ValueError("There is nothing to decode, or another picture.")
    again.draft(None, DRAWN_SIZE)
    noise = noise_of(again)
    picture.tile, picture.im = [], noise.im  # its memory is shared with the other now
    again.im = noise.resize(again.size, Image.Resampling.NEAREST).im
    is_interlaced = _is_interlaced(again)
    try:
        again.load()
    except Exception:  # as before
        again.tile = []
        if is_interlaced and again.format == "PNG":
            again.im, rows = coarse(again, noise).im, (0, again.height)
        elif is_interlaced:
            raise
        else:
            rows = rows_that_came(again, noise)
        _take(picture, again)
        _keep(picture, *rows)
        return
    _take(picture, again)
    if "icc_profile" not in again.info:  # the stored picture has none either
        picture.info.pop("icc_profile", None)
    picture.info[MENDED] = content
    if picture.format in JPEGS:  # except for the damaged passes
        picture.info[CUT_SHORT] = 1.0


def _take(picture, other):
    """Give a picture the pixels of another in place."""
    picture.im, picture._mode, picture.palette = other.im, other.mode, other.palette
    picture._size = other.size


def _is_interlaced(picture):
    """Tell whether a picture is interlaced, with scattered decoded rows."""
    if picture.format == "GIF":
        return any(tile[3][1] for tile in picture.tile)
    return bool(picture.info.get("interlace"))


def _cut_where_it_changes(picture):
    """Find the row from which a picture depends on the data after it: rows are missing.

    The first pass of a progressive picture has all rows; later ones refine them.
    """
    content = picture.info[MENDED]
    otherwise = OTHERWISE[picture.format](content)
    other = Image.open(io.BytesIO(otherwise), formats=READERS)
    other.draft(None, DRAWN_SIZE)
    other.load()
    if box := ImageChops.difference(picture, other).getbbox(alpha_only=False):
        has_all = picture.format in JPEGS and content.count(jpeg.START_OF_SCAN) > 1
        _keep(picture, 0, picture.height if has_all else box[1])


def _jpeg_otherwise(content):
    return content.removesuffix(JPEG_END) + FILLER + JPEG_END


def _webp_otherwise(content):
    came = content.rstrip(b"\0")
    missing = len(content) - len(came)
    return came + (FILLER * (missing // len(FILLER) + 1))[:missing]


OTHERWISE = dict.fromkeys(JPEGS, _jpeg_otherwise) | {"WEBP": _webp_otherwise}


def _keep(picture, first, last):
    """Keep only these rows of a picture, in place."""
    came = (last - first) / picture.height
    if came < LEAST_PART:
        raise EOFError
    kept = picture.crop((0, first, picture.width, last))
    picture.im, picture._size = kept.im, kept.size
    picture.info[CUT_SHORT] = came
