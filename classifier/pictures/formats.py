"""The accepted formats, with their stored and displayed forms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """An accepted format, and whether every current browser shows it."""

    name: str
    media_type: str
    suffix: str
    is_shown_by_browsers: bool = True


FORMATS = {
    "JPEG": Format("JPEG", "image/jpeg", "jpg"),
    "MPO": Format("JPEG", "image/jpeg", "jpg"),  # Pillow's name for some JPEGs
    "PNG": Format("PNG", "image/png", "png"),
    "WEBP": Format("WebP", "image/webp", "webp"),
    "GIF": Format("GIF", "image/gif", "gif"),
    "BMP": Format("BMP", "image/bmp", "bmp"),
    "AVIF": Format("AVIF", "image/avif", "avif"),
    "HEIF": Format("HEIC", "image/heic", "heic", is_shown_by_browsers=False),
    "TIFF": Format("TIFF", "image/tiff", "tiff", is_shown_by_browsers=False),
}
JPEGS = ("JPEG", "MPO")
READERS = [name for name in FORMATS if name != "MPO"]
FORMAT_NAMES = tuple(dict.fromkeys(format.name for format in FORMATS.values()))
SHOWN_MEDIA_TYPES = frozenset(
    format.media_type for format in FORMATS.values() if format.is_shown_by_browsers
)
