"""Frames of a webcam: small JPEGs in a field of a form, decoded and never stored.

A field instead of a file, so that a frame takes no place of an upload.
"""

import base64
import binascii
import io

from django.utils.translation import gettext as _

from ..exceptions import UnreadablePicture
from .decoding import decode, read_header

PREFIX = "data:image/jpeg;base64,"
START = b"\xff\xd8"
LONGEST_SIDE = 320  # pixels; the page sends 224
MAX_CHARACTERS = 48_000


def decoded(url):
    """Return the PIL image in a data URL.

    Raises:
        UnreadablePicture: it is no JPEG of a webcam's frame.
    """
    try:
        file = io.BytesIO(_jpeg(url))
    except (ValueError, binascii.Error) as error:
        raise _refused() from error
    picture = read_header(file)
    if max(picture.size) > LONGEST_SIDE:
        raise _refused()
    decode(picture)
    return picture


def _jpeg(url):
    if not url.startswith(PREFIX) or len(url) > MAX_CHARACTERS:
        raise ValueError("no data URL of a small JPEG")
    content = base64.b64decode(url.removeprefix(PREFIX), validate=True)
    if not content.startswith(START):
        raise ValueError("no JPEG")
    return content


def _refused():
    return UnreadablePicture(_("This is no frame of a webcam."), "no_frame")
