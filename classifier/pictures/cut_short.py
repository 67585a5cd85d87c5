"""Pictures that end early: how many of their rows came, and those alone.

Pillow's own switch for them holds for the whole process, and counts no rows.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

from .formats import JPEGS, READERS
from .interlaced import coarse
from .mending import JPEG_END, MENDED, mended
from .metadata import jpeg

CUT_SHORT = "cut_short"  # in a picture's `info`: the part of its rows that came
# Of a garment the upper half tells the class; less may as well be another one's.
LEAST_PART = 0.5
# Of a JPEG that is damaged, or ends early, at least so many pixels are decoded: whether
# its last passes came is seen in details alone, and it is kept drawn anew.
DRAWN_SIZE = (1024, 1024)
# Whose decoders leave the rows that they got to in place when they fail.
BY_ROWS = (*JPEGS, "PNG", "BMP", "GIF", "TIFF")
STRIP_PIXELS = 1_000_000  # compared at once
FILLER = bytes(range(1, 255)) * 8
NOISE = bytes(i * i * 31 % 251 for i in range(1, 4096))


def part(picture):
    """Return the part of a decoded picture's rows that came: 1.0 where all did."""
    return picture.info.get(CUT_SHORT, 1.0)


def is_cut_short(picture):
    """Tell whether a decoded picture's file ended before its pixels did."""
    return CUT_SHORT in picture.info


def load(picture, size):
    """Decode a picture in place; of one that is cut short, the rows that came.

    A JPEG comes as small as it can with sides of at least that `size`.

    Raises what the decoder raises: there are too few of them, or it is damaged.
    """
    file, sent_size = picture.fp, picture.size
    picture.draft(None, DRAWN_SIZE if MENDED in picture.info else size)
    try:
        picture.load()
    except Exception:  # a stranger's bytes can raise anything
        if picture.format not in BY_ROWS:
            raise
        _load_what_came(picture, _content(file, picture), sent_size)
        return
    if MENDED in picture.info and picture.format in OTHERWISE:
        _cut_where_it_changes(picture)


def _content(file, picture):
    """Return the bytes of a picture's file, which Pillow closes when it opened it."""
    if file.closed:
        return Path(picture.filename).read_bytes()
    file.seek(0)
    return file.read()


def _load_what_came(picture, content, sent_size):
    """Decode once more, mended, on rows of noise: those that came are noise no longer.

    Raises:
        Exception: the rows that came are too few, or not in one piece.
    """
    content = mended(content) or content
    again = Image.open(io.BytesIO(content), formats=READERS)
    if again.size != sent_size or not again.tile:
        raise ValueError("There is nothing to decode, or another picture.")
    again.draft(None, DRAWN_SIZE)
    noise = _noise(again)
    picture.tile, picture.im = [], noise.im  # its memory is the other's now
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
            rows = _rows_that_came(again, noise)
        _take(picture, again)
        _keep(picture, *rows)
        return
    _take(picture, again)
    if "icc_profile" not in again.info:  # neither has what is kept
        picture.info.pop("icc_profile", None)
    picture.info[MENDED] = content
    if picture.format in JPEGS:  # but for the passes that were damaged
        picture.info[CUT_SHORT] = 1.0


def _take(picture, other):
    """Give a picture the pixels of another in place."""
    picture.im, picture._mode, picture.palette = other.im, other.mode, other.palette
    picture._size = other.size


def _rows_that_came(picture, noise):
    """Return (first, last + 1) of the rows that are not noise.

    What a decoder of JPEG has lost it fills with the last colour: such rows at its end
    did not come.
    """
    noise, flags = np.asarray(noise), []
    step = max(1, STRIP_PIXELS // picture.width)
    for y in range(0, picture.height, step):
        below = min(y + step, picture.height)
        rows = np.asarray(picture.crop((0, y, picture.width, below)))
        flags.append((_differ(rows, noise), _differ(rows, rows[:, :1])))
    came, varied = (np.concatenate(each) for each in zip(*flags, strict=True))
    ends = came & varied if picture.format in JPEGS else came
    return int(came.argmax()), int(ends.nonzero()[0][-1]) + 1


def _differ(rows, others):
    return (rows != others).reshape(len(rows), -1).any(axis=1)


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
    """Keep those rows of a picture alone, in place."""
    came = (last - first) / picture.height
    if came < LEAST_PART:
        raise EOFError
    kept = picture.crop((0, first, picture.width, last))
    picture.im, picture._size = kept.im, kept.size
    picture.info[CUT_SHORT] = came
