"""Hostile bytes -> an upright picture, or an UnreadablePicture with the reason."""

import contextlib
import io

import pillow_heif
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from deewhy import metrics

from ..exceptions import UnreadablePicture
from . import colours, cut_short, metadata, raw, unsupported
from .formats import FORMATS, JPEGS, READERS
from .limits import (
    check_parts,
    check_scans,
    check_size,
    check_size_bytes,
    opened,
    pixels_text,
    size_bytes_of,
    too_many_pixels,
)
from .mending import HEAD_BYTES, MENDED, jpeg_with_end, mended
from .modes import opaque
from .previews import as_shown

# A JPEG is decoded at the smallest scale that keeps both sides at least this long: the
# largest input of a network for photographs, 260 pixels, is nine tenths of a side.
ANSWERED_SIZE = (289, 289)

pillow_heif.register_heif_opener()
# Some of Pillow's decoders allocate while reading the header; this is their limit.
Image.MAX_IMAGE_PIXELS = settings.MAX_UPLOAD_PIXELS


def open_picture(file, size=ANSWERED_SIZE):
    """Return the decoded picture of a path or a binary file, within the limits.

    Large JPEGs are reduced, but never below `size`.

    Raises:
        UnreadablePicture: with a `code`, and a sentence with the cure.
    """
    picture = read_header(file)
    decode(picture, size)
    return picture


def read_header(file):
    """Return the undecoded picture once its format and size are accepted."""
    size_bytes = size_bytes_of(file)
    if not size_bytes:
        raise UnreadablePicture(
            _("The file is empty (0 bytes). Choose a picture."), "empty"
        )
    check_size_bytes(size_bytes)
    check_parts(file)
    picture = _header(file, size_bytes)
    check_size(picture.size)
    if picture.format in JPEGS:
        check_scans(picture)
    with opened(file) as content:
        if codes := metadata.cicp(content, picture.format):
            picture.info["cicp"] = codes
    return picture


def _header(file, size_bytes):
    """Open a file, repaired if necessary, or refuse it by its kind."""
    try:
        return _opened(file)
    except Image.DecompressionBombError as error:
        raise too_many_pixels() from error
    except (FileNotFoundError, UnreadablePicture):
        raise
    except Exception as error:  # noqa: BLE001  hostile bytes can raise anything
        content = _content(file)
        try:
            return _open_mended(mended(content))
        except Image.DecompressionBombError as bomb:
            raise too_many_pixels() from bomb
        except Exception:  # noqa: BLE001  likewise
            raise unsupported.not_a_picture(content[:HEAD_BYTES], size_bytes) from error


def _opened(file):
    picture = Image.open(file, formats=READERS)
    if picture.format in JPEGS:
        content = jpeg_with_end(_content(file))
        return _open_mended(content) if content else picture
    if picture.format == "TIFF" and unsupported.is_raw(picture):
        return _open_preview(_content(file))
    return picture


def _content(file):
    with opened(file) as source:
        source.seek(0)
        return source.read()


def _open_preview(content):
    """Open the preview in a camera's file, or refuse the file as camera RAW."""
    if preview := raw.preview(content):
        return _open_mended(preview)
    raise UnreadablePicture(_(unsupported.RAW), "not_a_picture")


def _open_mended(content):
    check_parts(io.BytesIO(content))
    picture = Image.open(io.BytesIO(content), formats=READERS)
    picture.info[MENDED] = content
    return picture


@metrics.part("decode")
def decode(picture, size=ANSWERED_SIZE):
    """Decode the picture in place, upright and in sRGB.

    Large JPEGs, and pictures in other colour spaces, are reduced to the necessary size;
    of an incomplete file, the rows that arrived are decoded.
    """
    sent_size = picture.size
    try:
        cut_short.load(picture, size)
    except Exception as error:  # noqa: BLE001  hostile bytes can raise anything
        raise _damaged(picture.format, sent_size) from error
    metadata.exif.make_upright(picture)
    # An inconsistent colour space is no reason to refuse a picture.
    with contextlib.suppress(Exception):
        colours.convert(picture)
    try:
        _check_conversion(picture)
    except Exception as error:  # noqa: BLE001  the palette is hostile, too
        raise _damaged(picture.format, sent_size) from error


def _damaged(format, size):
    message = _(
        "This %(format)s picture of %(size)s is incomplete or damaged. Send it "
        "again, or save it again in another program first."
    )
    values = {"format": FORMATS[format].name, "size": pixels_text(size)}
    return UnreadablePicture(message % values, "damaged")


def _check_conversion(picture):
    """Raise the exception of the picture's conversion, at the cost of one pixel."""
    pixel = picture.crop((0, 0, 1, 1))
    opaque(pixel)
    as_shown(pixel, pixel.size)
