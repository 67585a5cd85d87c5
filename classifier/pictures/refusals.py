"""Refusals that a browser can show before sending a file, in the server's words."""

from django.conf import settings
from django.utils.translation import gettext

from . import unsupported
from .limits import too_large

# By the start of a file's media type in the browser. The server refuses other types.
SENTENCES = {
    "application/gzip": unsupported.ARCHIVE,
    "application/msword": unsupported.DOCUMENT,
    "application/pdf": unsupported.DOCUMENT,
    "application/rtf": unsupported.DOCUMENT,
    "application/vnd.rar": unsupported.ARCHIVE,
    "application/x-7z": unsupported.ARCHIVE,
    "application/x-tar": unsupported.ARCHIVE,
    "application/zip": unsupported.ARCHIVE,
    "image/jp2": unsupported.JPEG_2000,
    "image/jxl": unsupported.JPEG_XL,
    "image/svg": unsupported.DRAWING,
    "image/vnd.adobe.photoshop": unsupported.LAYERS,
    "text/html": unsupported.PAGE,
    "video/": unsupported.VIDEO,
}


def before_sending():
    """Return the messages and limits for a page's script, fit for JSON."""
    return {
        "limit": settings.MAX_UPLOAD_BYTES,
        "tooLarge": too_large("SIZE"),
        "types": {start: gettext(said) for start, said in SENTENCES.items()},
    }
