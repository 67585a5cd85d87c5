"""Refusals that a browser can tell before it sends a file: the server's sentences."""

from django.conf import settings
from django.utils.translation import gettext

from . import unsupported
from .limits import too_large

# By the beginning of the media type that a browser gives a file; the longest counts.
SENTENCES = {
    "application/": unsupported.DOCUMENT,
    "application/gzip": unsupported.ARCHIVE,
    "application/vnd.rar": unsupported.ARCHIVE,
    "application/x-7z": unsupported.ARCHIVE,
    "application/x-tar": unsupported.ARCHIVE,
    "application/zip": unsupported.ARCHIVE,
    "image/jp2": unsupported.JPEG_2000,
    "image/jxl": unsupported.JPEG_XL,
    "image/svg": unsupported.DRAWING,
    "image/vnd.adobe.photoshop": unsupported.LAYERS,
    "text/": unsupported.DOCUMENT,
    "text/html": unsupported.PAGE,
    "video/": unsupported.VIDEO,
}


def before_sending():
    """Return what a page's script needs to refuse a file; JSON can hold it."""
    return {
        "limit": settings.MAX_UPLOAD_BYTES,
        "tooLarge": too_large("SIZE"),
        "types": {start: gettext(said) for start, said in SENTENCES.items()},
    }
