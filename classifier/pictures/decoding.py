"""A stranger's bytes -> the picture, upright, or an UnreadablePicture that says why."""

import contextlib

import pillow_heif
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image

from .. import srgb, stripping
from ..exceptions import UnreadablePicture
from .formats import FORMAT_NAMES, FORMATS, JPEGS, READERS
from .limits import (
    check_parts,
    check_scans,
    check_size_bytes,
    opened,
    pixels_text,
    size_bytes_of,
    too_many_pixels,
)

# A JPEG is decoded at the smallest scale that keeps both sides at least this long.
DRAFT_SIZE = (1024, 1024)

pillow_heif.register_heif_opener()
# Some of Pillow's readers allocate while they read the header; this bounds them.
Image.MAX_IMAGE_PIXELS = settings.MAX_UPLOAD_PIXELS


def open_picture(file):
    """Return the decoded picture of a path or a binary file, within the limits.

    Large JPEGs come smaller than they are, but never under `DRAFT_SIZE`.

    Raises:
        UnreadablePicture: with a `code` and a sentence that says what to do.
    """
    picture = read_header(file)
    decode(picture)
    return picture


def read_header(file):
    """Return the picture, not yet decoded, once its format and size are accepted."""
    size_bytes = size_bytes_of(file)
    if not size_bytes:
        raise UnreadablePicture(
            _("The file is empty (0 bytes). Choose a picture."), "empty"
        )
    check_size_bytes(size_bytes)
    check_parts(file)
    try:
        picture = Image.open(file, formats=READERS)
    except Image.DecompressionBombError as error:
        raise too_many_pixels() from error
    except FileNotFoundError:
        raise
    except Exception as error:  # noqa: BLE001  a stranger's bytes can raise anything
        raise UnreadablePicture(
            _(
                "This file of %(size)s is not a picture that can be read. "
                "Choose a picture in one of these formats: %(formats)s."
            )
            % {"size": filesizeformat(size_bytes), "formats": ", ".join(FORMAT_NAMES)},
            "not_a_picture",
        ) from error
    if picture.width * picture.height > settings.MAX_UPLOAD_PIXELS:
        raise too_many_pixels(picture.size)
    if picture.format in JPEGS:
        check_scans(picture)
    with opened(file) as content:
        if codes := stripping.cicp(content, picture.format):
            picture.info["cicp"] = codes
    return picture


def decode(picture):
    """Load the picture's pixels in place, turn it upright and its colours into sRGB.

    From a large JPEG, and of one in other colours, come only as many pixels as are
    needed.
    """
    format_name, size = FORMATS[picture.format].name, pixels_text(picture.size)
    picture.draft(None, DRAFT_SIZE)
    try:
        picture.load()
    except Exception as error:  # noqa: BLE001  a stranger's bytes can raise anything
        raise UnreadablePicture(
            _(
                "This %(format)s picture of %(size)s ends early or is damaged. "
                "Send it again, or save it anew first."
            )
            % {"format": format_name, "size": size},
            "damaged",
        ) from error
    # Broken EXIF is no reason to refuse a picture.
    with contextlib.suppress(Exception):
        stripping.exif.make_upright(picture)
    # Nor is a colour space that contradicts itself.
    with contextlib.suppress(Exception):
        srgb.convert(picture)
