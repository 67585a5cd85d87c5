"""Bounds on a file before it is decoded: its bytes, its pixels, its parts."""

import contextlib
import os

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ..exceptions import UnreadablePicture
from . import metadata
from .formats import JPEGS

# Of a PNG of one pixel a row and 64 million rows, 10 s; JPEG can say no longer one.
MAX_SIDE = 65_535
FEW_SCANS, MANY_SCANS, MAX_SCANNED_PIXELS = 12, 100, 250_000_000


def check_size_bytes(size_bytes):
    """Raise UnreadablePicture when a file is larger than a picture may be."""
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise UnreadablePicture(too_large(size_text(size_bytes)), "too_large")


def too_large(size):
    """Return what to say of a file whose size, in words, exceeds the limit."""
    message = _(
        "This file is %(size)s; the limit is %(limit)s. "
        "Choose a smaller picture, or make this one smaller first."
    )
    return message % {"size": size, "limit": size_text(settings.MAX_UPLOAD_BYTES)}


def size_text(size_bytes):
    """Return a size in words: 25 MB, 1.5 MB."""
    return filesizeformat(size_bytes).replace(".0\xa0", "\xa0")


def check_size(size):
    """Raise UnreadablePicture when a picture has too many pixels, or on a side."""
    if size[0] * size[1] > settings.MAX_UPLOAD_PIXELS:
        raise too_many_pixels(size)
    if max(size) > MAX_SIDE:
        message = _(
            "The picture has %(size)s; at most %(limit)d are accepted on a side. "
            "Send a part of it."
        )
        values = {"size": pixels_text(size), "limit": MAX_SIDE}
        raise UnreadablePicture(message % values, "too_many_pixels")


def memory_pixels(picture):
    """Return how many pixels it is worth in memory while it is decoded.

    A JPEG is made smaller on the way: it takes an eighth of what others do.
    """
    pixels = picture.width * picture.height
    return pixels // 8 if picture.format in JPEGS else pixels


def check_parts(file):
    """Refuse a file that is built to keep its reader busy."""
    with opened(file) as content:
        if metadata.has_too_many_parts(content):
            raise too_many_parts()


def opened(file):
    """Return a path's file, or a binary file that stays open, as a context."""
    if isinstance(file, str | os.PathLike):
        return open(file, "rb")
    return contextlib.nullcontext(file)


def check_scans(picture):
    """Bound the passes over a JPEG's pixels; a photograph has up to some ten."""
    allowed = MAX_SCANNED_PIXELS // (picture.width * picture.height)
    if metadata.jpeg.scans(picture.fp) > min(max(allowed, FEW_SCANS), MANY_SCANS):
        raise too_many_parts()


def too_many_parts():
    """Return the error of a file built to keep its reader busy."""
    return UnreadablePicture(
        _("The file has far more parts than a picture. Save it anew first."),
        "too_many_parts",
    )


def too_many_pixels(size=None):
    """Return the error of a picture whose size, where known, exceeds the limit."""
    limit = settings.MAX_UPLOAD_PIXELS // 1_000_000
    if size is None:  # the header alone was refused
        message = _(
            "The picture has more than the %(limit)d million pixels that are accepted. "
            "Make it smaller first."
        )
    else:
        message = _(
            "The picture has %(size)s; at most %(limit)d million pixels are accepted. "
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
    """Return the size of a path or a binary file, which is then at its start."""
    if isinstance(file, str | os.PathLike):
        return os.stat(file).st_size
    file.seek(0, os.SEEK_END)
    size_bytes = file.tell()
    file.seek(0)
    return size_bytes
