"""Files that Pillow refuses and browsers open, written so that both read them."""

from . import avif
from .metadata import jpeg, png
from .metadata.exceptions import NotStripped

MENDED = (
    "mended"  # in a picture's `info`: the bytes that were read in place of the file
)
AVIF = (b"ftypavif", b"ftypavis", b"ftypmif1")
# Pillow refuses those that unpack to more than a megabyte; no pixel needs them.
PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")
JPEG_END = b"\xff\xd9"


def mended(content):
    """Return the bytes of a file that could not be opened, mended, or None."""
    if content.startswith(png.SIGNATURE):
        return _png_without_texts(content)
    if content[4:12] in AVIF:
        return avif.mended(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp_of_its_length(content)
    return None


def jpeg_with_end(content):
    """Return a JPEG whose last scan lacks its end marker with one, else None."""
    try:
        for _ in jpeg.parts(content):
            pass
    except NotStripped:
        return content + JPEG_END
    except (IndexError, ValueError):
        return None
    return None


def _png_without_texts(content):
    try:
        parts = list(png.parts(content))
    except (NotStripped, IndexError, ValueError):
        return None
    return png.SIGNATURE + b"".join(
        chunk for kind, chunk in parts if kind not in PNG_TEXTS
    )


def _webp_of_its_length(content):
    """Return a WebP that ends early with zeros for the rest, which is most of it."""
    length = int.from_bytes(content[4:8], "little") + 8
    if not len(content) < length < 3 * len(content):
        return None
    return content.ljust(length, b"\0")
