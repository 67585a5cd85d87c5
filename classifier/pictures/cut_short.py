"""Pictures that end early: how many of their rows came, and those alone.

Pillow's own switch for them holds for the whole process, and counts no rows.
"""

import contextlib
import io

from PIL import Image, ImageChops

from .formats import JPEGS, READERS
from .mending import JPEG_END, MENDED
from .metadata import jpeg

CUT_SHORT = "cut_short"  # in a picture's `info`: the part of its rows that came
# Of a garment the upper half tells the class; less may as well be another one's.
LEAST_PART = 0.5
FILLER = bytes(range(1, 255)) * 8
NOISE = bytes(i * i * 31 % 251 for i in range(1, 4096))


def part(picture):
    """Return the part of a decoded picture's rows that came: 1.0 where all did."""
    return picture.info.get(CUT_SHORT, 1.0)


def is_cut_short(picture):
    """Tell whether a decoded picture's file ended before its pixels did."""
    return CUT_SHORT in picture.info


def load(picture):
    """Decode a picture in place; of one that is cut short, the rows that came.

    Raises what the decoder raises: there are too few of them, or it is damaged.
    """
    try:
        picture.load()
    except OSError as error:
        is_read = picture.format not in JPEGS and not _is_interlaced(picture)
        if "truncated" not in str(error) or not is_read:
            raise
        _load_what_came(picture)
        return
    if MENDED in picture.info and picture.format in OTHERWISE:
        _cut_where_it_changes(picture)


def _load_what_came(picture):
    """Decode once more, on rows of noise: those that came are noise no longer."""
    picture.fp.seek(0)
    again = Image.open(io.BytesIO(picture.fp.read()), formats=[picture.format])
    noise = _noise(again)
    picture.tile, picture.im = [], noise.im  # its memory is the other's now
    again.im = noise.resize(again.size, Image.Resampling.NEAREST).im
    with contextlib.suppress(OSError):
        again.load()
    again.tile = []
    came = [
        y
        for y in range(again.height)
        if again.crop((0, y, again.width, y + 1)).tobytes() != noise.tobytes()
    ]
    picture.im, picture._mode, picture.palette = again.im, again.mode, again.palette
    _keep(picture, came[0], came[-1] + 1)


def _noise(picture):
    """Return a row of noise in a picture's mode; of a GIF, of its own ground."""
    size = picture.width, 1
    if picture.format == "GIF" and "transparency" in picture.info:
        return Image.new(picture.mode, size, picture.info["transparency"])
    length = len(Image.new(picture.mode, size).tobytes())
    content = (NOISE * (length // len(NOISE) + 1))[:length]
    return Image.frombytes(picture.mode, size, content)


def _is_interlaced(picture):
    """Tell whether rows come in passes: then those that came are not in one piece."""
    if picture.format == "GIF":
        return any(tile[3][1] for tile in picture.tile)
    return bool(picture.info.get("interlace"))


def _cut_where_it_changes(picture):
    """Find where a picture changes with what follows it: from there rows are missing.

    The first pass of a progressive one has all rows, the later ones only add to them.
    """
    content = picture.info[MENDED]
    otherwise = OTHERWISE[picture.format](content)
    other = Image.open(io.BytesIO(otherwise), formats=READERS)
    other.draft(None, picture.size)
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
    """Keep those rows of a picture alone, in place."""
    came = (last - first) / picture.height
    if came < LEAST_PART:
        raise EOFError
    kept = picture.crop((0, first, picture.width, last))
    picture.im, picture._size = kept.im, kept.size
    picture.info[CUT_SHORT] = came
