"""Limits of a file before its decoding: bytes, pixels, parts."""

import contextlib
import os

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ..exceptions import UnreadablePicture
from . import metadata
from .formats import JPEGS

# A PNG of one pixel a row and 64 million rows takes 10 s; JPEG cannot be longer.
MAX_SIDE = 65_535
FEW_SCANS, MANY_SCANS, MAX_SCANNED_PIXELS = 12, 100, 250_000_000


def check_size_bytes(size_bytes):
    """Raise UnreadablePicture if a file is over the size limit."""
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise UnreadablePicture(too_large(size_text(size_bytes)), "too_large")


def too_large(size):
    """Return the message about a file over the limit, with its size in words."""
    message = _(
        "This file is %(size)s; the limit is %(limit)s. "
        "Choose a smaller picture, or make this one smaller first."
    )
    return message % {"size": size, "limit": size_text(settings.MAX_UPLOAD_BYTES)}


def size_text(size_bytes):
    """Return a size in words: 25 MB, 1.5 MB."""
    return filesizeformat(size_bytes).replace(".0\xa0", "\xa0")


def check_size(size):
    """Raise UnreadablePicture if a picture has too many pixels, in all or on a side."""
    if size[0] * size[1] > settings.MAX_UPLOAD_PIXELS:
        raise too_many_pixels(size)
    if max(size) > MAX_SIDE:
        message = _(
            "This picture is %(size)s; the limit is %(limit)d on a side. Send a "
            "part of it."
        )
        values = {"size": pixels_text(size), "limit": MAX_SIDE}
        raise UnreadablePicture(message % values, "too_many_pixels")


def memory_pixels(picture):
    """Return a picture's share of the pixel budget during its decoding.

    A JPEG is reduced during decoding, and takes an eighth of other formats.
    """
    pixels = picture.width * picture.height
    return pixels // 8 if picture.format in JPEGS else pixels


def check_parts(file):
    """Refuse a file that is built to keep its decoder busy."""
    with opened(file) as content:
        if metadata.has_too_many_parts(content):
            raise too_many_parts()


def opened(file):
    """Return a context with a path's file, or with a binary file that stays open."""
    if isinstance(file, str | os.PathLike):
        return open(file, "rb")
    return contextlib.nullcontext(file)


def check_scans(picture):
    """Limit the passes over a JPEG's pixels; a photograph has about ten."""
    allowed = MAX_SCANNED_PIXELS // (picture.width * picture.height)
    if metadata.jpeg.scans(picture.fp) > min(max(allowed, FEW_SCANS), MANY_SCANS):
        raise too_many_parts()


def too_many_parts():
    """Return the error of a file built to keep its decoder busy."""
    return UnreadablePicture(
        _(
            "This file has far more parts than a picture needs. Save it again in "
            "another program first."
        ),
        "too_many_parts",
    )


def too_many_pixels(size=None):
    """Return the error of a picture over the pixel limit; its size may be unknown."""
    limit = settings.MAX_UPLOAD_PIXELS // 1_000_000
    if size is None:  # the header was refused before
        message = _(
            "This picture is over the limit of %(limit)d million pixels. Make it "
            "smaller first."
        )
    else:
        message = _(
            "This picture is %(size)s; the limit is %(limit)d million pixels. "
            "Make it smaller first."
        )
    return UnreadablePicture(
        message % {"limit": limit, "size": size and pixels_text(size)},
        "too_many_pixels",
    )


def pixels_text(size):
    """Return a size in words of the active language."""
    return _("%(width)d × %(height)d pixels") % {"width": size[0], "height": size[1]}


def size_bytes_of(file):
    """Return the size of a path or a binary file, and rewind the file."""
    if isinstance(file, str | os.PathLike):
        return os.stat(file).st_size
    file.seek(0, os.SEEK_END)
    size_bytes = file.tell()
    file.seek(0)
    return size_bytes
