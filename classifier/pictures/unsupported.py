"""Unsupported files, recognised by their first bytes, for a helpful refusal."""

import re

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..exceptions import UnreadablePicture
from .formats import FORMAT_NAMES

RAW = gettext_noop("This is a camera RAW file. Send the JPEG.")
VIDEO = gettext_noop("This is a video. Send a picture.")
DOCUMENT = gettext_noop("This is a document. Send a picture of the garment.")
ARCHIVE = gettext_noop("This is an archive. Unpack it, and send the pictures.")
DRAWING = gettext_noop("This is a vector drawing (SVG). Send it as a PNG.")
LAYERS = gettext_noop("This is a Photoshop file. Send it as a JPEG or a PNG.")
JPEG_XL = gettext_noop("This is a JPEG XL picture, which we cannot read. Send a JPEG.")
JPEG_2000 = gettext_noop(
    "This is a JPEG 2000 picture, which we cannot read. Send a JPEG."
)
PAGE = gettext_noop("This is a web page. Save the picture itself, and send that.")

KINDS = (
    (RAW, rb"FUJIFILMCCD-RAW|II.{4}HEAPCCDR|II[RU][OS\0]|IIU\0|MMOR|FOVb|\0MRM"),
    (RAW, rb".{4}ftypcrx|II\*\0.{4}CR"),
    (JPEG_XL, rb"\xff\x0a|\0\0\0\x0cJXL "),
    (JPEG_2000, rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  "),
    (VIDEO, rb".{4}ftyp(isom|mp4|M4V|qt  |3gp|avc1)|\x1aE\xdf\xa3|RIFF.{4}AVI |FLV"),
    (DOCUMENT, rb"%PDF|\xd0\xcf\x11\xe0|\{\\rtf"),
    (ARCHIVE, rb"PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ"),
    (LAYERS, rb"8BPS"),
)
PATTERNS = [(sentence, re.compile(pattern, re.DOTALL)) for sentence, pattern in KINDS]
MARKUP = ((PAGE, b"<html"), (PAGE, b"<!doctype html"), (DRAWING, b"<svg"))
BOM = b"\xef\xbb\xbf"
DNG_VERSION, SUB_IFDS, SUBFILE_TYPE, REDUCED, MAKE = 0xC612, 0x14A, 0xFE, 1, 0x10F
COMPRESSION, OLD_JPEG = 0x103, 6  # the values in Canon's CR2


def sentence_of(head):
    """Return the message for a file that starts with these bytes, or None."""
    for sentence, pattern in PATTERNS:
        if pattern.match(head):
            return sentence
    text = head.removeprefix(BOM).lstrip().lower()
    if text.startswith(b"<"):
        return next((sentence for sentence, tag in MARKUP if tag in text), None)
    return None


def is_raw(picture):
    """Tell whether a TIFF comes from a camera: its first picture is a small preview."""
    tags = picture.tag_v2
    if DNG_VERSION in tags:
        return True
    is_first_reduced = SUB_IFDS in tags and tags.get(SUBFILE_TYPE) == REDUCED
    return is_first_reduced or (
        MAKE in tags and (SUB_IFDS in tags or tags.get(COMPRESSION) == OLD_JPEG)
    )


def not_a_picture(head, size_bytes):
    """Return the UnreadablePicture of a file by its first bytes."""
    if sentence := sentence_of(head):
        return UnreadablePicture(_(sentence), "not_a_picture")
    message = _(
        "This file of %(size)s is not a readable picture. Choose a picture in "
        "one of these formats: %(formats)s."
    )
    values = {"size": filesizeformat(size_bytes), "formats": ", ".join(FORMAT_NAMES)}
    return UnreadablePicture(message % values, "not_a_picture")
