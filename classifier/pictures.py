"""Uploaded files: limits, safe decoding, storing, derived pictures, removal.

The bytes decide what a file is; its name and the type a client gives it never do.
"""

import contextlib
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from . import durable_files, stripping
from .exceptions import StorageUnavailable, UnreadablePicture
from .preprocessing import to_grey


@dataclass(frozen=True, slots=True)
class Format:
    """An accepted format, and whether every current browser shows it."""

    name: str
    media_type: str
    suffix: str
    is_shown_by_browsers: bool = True


FORMATS = {
    "JPEG": Format("JPEG", "image/jpeg", "jpg"),
    "MPO": Format("JPEG", "image/jpeg", "jpg"),  # what Pillow calls some JPEGs
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
# Damaged ones of these may go on in what was taken out.
READ_BEYOND = ("GIF", "HEIF", "AVIF")
PNG_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA", "I;16"))
# What is made of a picture and kept beside it, by the end of its name.
DERIVED = {
    "thumb.webp": "image/webp",
    "preview.webp": "image/webp",
    "seen.png": "image/png",
}

SET_ASIDE = ".deleted"

# A JPEG is decoded at the smallest scale that keeps both sides at least this long.
DRAFT_SIZE = (1024, 1024)
FEW_SCANS, MANY_SCANS, MAX_SCANNED_PIXELS = 12, 100, 250_000_000
KEPT_SIZE = (2048, 2048)
PREVIEW_SIZE = (800, 800)
THUMBNAIL_SIZE = (160, 160)
SAVE_OPTIONS = {"WEBP": {"quality": 75, "method": 1}}  # 16 ms, by default five times it

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
    size_bytes = _size_bytes(file)
    if not size_bytes:
        raise UnreadablePicture(
            _("The file is empty (0 bytes). Choose a picture."), "empty"
        )
    check_size_bytes(size_bytes)
    _check_parts(file)
    try:
        picture = Image.open(file, formats=READERS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
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
        raise _too_many_pixels(picture.size)
    if picture.format in JPEGS:
        _check_scans(picture)
    return picture


def memory_pixels(picture):
    """Return how many pixels it is worth in memory while it is decoded.

    A JPEG is made smaller on the way: it takes an eighth of what others do.
    """
    pixels = picture.width * picture.height
    return pixels // 8 if picture.format in JPEGS else pixels


def decode(picture):
    """Load the picture's pixels in place and turn it upright.

    From a large JPEG come only as many pixels as are needed.
    """
    format_name, size = FORMATS[picture.format].name, _pixels(picture.size)
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
        ImageOps.exif_transpose(picture, in_place=True)


def without_metadata(file, picture):
    """Return what is kept of an uploaded file, as a binary file, and its Format.

    No place, device or name; the pixels are those that were sent. What cannot be
    taken apart is kept as a PNG of what was decoded, of `KEPT_SIZE` at most.
    """
    try:
        kept = io.BytesIO(stripping.strip(file, picture.format))
        if picture.format in READ_BEYOND and _size_bytes(kept) < _size_bytes(file):
            open_picture(kept)
        return kept, FORMATS[picture.format]
    except (stripping.NotStripped, UnreadablePicture):
        kept = io.BytesIO()
        if picture.mode in PNG_MODES and max(picture.size) <= max(KEPT_SIZE):
            bare = picture.copy()
            bare.info = {}
        else:
            bare = _as_shown(picture, KEPT_SIZE)
        bare.save(kept, "PNG", compress_level=1)  # five times as fast as by default
        return kept, FORMATS["PNG"]


def check_size_bytes(size_bytes):
    """Raise UnreadablePicture when a file is larger than a picture may be."""
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise UnreadablePicture(
            _(
                "The file is too large: %(size)s came, at most %(limit)s is accepted. "
                "Choose a smaller picture, or make this one smaller first."
            )
            % {
                "size": filesizeformat(size_bytes),
                "limit": filesizeformat(settings.MAX_UPLOAD_BYTES),
            },
            "too_large",
        )


def store(stored_name, file, picture, image):
    """Keep an uploaded file and the pictures derived from it: all of them or none.

    What an earlier attempt at the same upload has kept stays as it is, whatever
    becomes of this one.

    Args:
        stored_name: where, relative to `MEDIA_ROOT`.
        file: what is kept of the bytes as sent, a binary file.
        picture: the decoded picture.
        image: uint8 array (28, 28), what the network saw.

    Returns the paths of the files that were made.
    """
    preview = _as_shown(picture, PREVIEW_SIZE)
    thumbnail = preview.copy()
    thumbnail.thumbnail(THUMBNAIL_SIZE)
    contents = {
        "thumb.webp": _saving(thumbnail, "WEBP"),
        "preview.webp": _saving(preview, "WEBP"),
        "seen.png": _saving(Image.fromarray(image), "PNG"),
        None: _copying(file),  # last: a picture that is there has all that is derived
    }
    folder, made = path(stored_name).parent, []
    try:
        top = durable_files.make_folder(folder, Path(settings.MEDIA_ROOT))
        for derived, write in contents.items():
            if durable_files.create(path(stored_name, derived), write):
                made.append(path(stored_name, derived))
        durable_files.sync_folders(folder, top)
    except Exception as error:
        discard(made)
        if not isinstance(error, OSError):
            raise
        raise StorageUnavailable(
            f"Expected to keep a picture in {folder}, got {error.strerror}. "
            "Free disk space, or mend the folder's rights."
        ) from error
    return made


def discard(made):
    """Remove files that `store` made, the picture first and what is derived after."""
    for each in reversed(made):
        with contextlib.suppress(OSError):  # a read-only disk takes nothing back
            each.unlink(missing_ok=True)


def remove(stored_name):
    """Remove an uploaded file and everything derived from it; again is harmless.

    Returns whether there was anything.
    """
    paths = _paths(stored_name)
    beside = [form(each) for each in paths for form in (_aside, durable_files.part)]
    there = [each for each in (*paths, *beside) if each.exists()]
    for each in there:
        each.unlink(missing_ok=True)
    return bool(there)


def set_aside(stored_name):
    """Take what `remove` removes out of sight, so that it can still be put back."""
    for each in _paths(stored_name):
        with contextlib.suppress(FileNotFoundError):
            each.rename(_aside(each))


def is_set_aside(path):
    """Tell whether a file is one that `set_aside` took out of sight."""
    return path.name.endswith(SET_ASIDE)


def put_back(stored_name):
    """Put back what was set aside."""
    for each in _paths(stored_name):
        with contextlib.suppress(FileNotFoundError):
            _aside(each).rename(each)


def path(stored_name, derived=None):
    """Return where a stored file is, or the one derived from it, as `thumb.webp`."""
    original = Path(settings.MEDIA_ROOT, stored_name)
    return original.with_suffix(f".{derived}") if derived else original


def _paths(stored_name):
    return [path(stored_name, derived) for derived in (None, *DERIVED)]


def _aside(path):
    return path.with_name(f".{path.name}{SET_ASIDE}")


def _size_bytes(file):
    if isinstance(file, str | os.PathLike):
        return os.stat(file).st_size
    file.seek(0, os.SEEK_END)
    size_bytes = file.tell()
    file.seek(0)
    return size_bytes


def _check_parts(file):
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as opened:
            return _check_parts(opened)
    if stripping.has_too_many_parts(file):
        raise _too_many_parts()


def _check_scans(picture):
    """Bound the passes over a JPEG's pixels; a photograph has up to some ten."""
    allowed = MAX_SCANNED_PIXELS // (picture.width * picture.height)
    if stripping.jpeg.scans(picture.fp) > min(max(allowed, FEW_SCANS), MANY_SCANS):
        raise _too_many_parts()


def _too_many_parts():
    return UnreadablePicture(
        _("The file has far more parts than a picture. Save it anew first."),
        "too_many_parts",
    )


def _too_many_pixels(size=None):
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
        message % {"limit": limit, "size": size and _pixels(size)}, "too_many_pixels"
    )


def _pixels(size):
    return _("%(width)d × %(height)d pixels") % {"width": size[0], "height": size[1]}


def _as_shown(picture, size):
    """Return a copy no larger than `size`, in a mode that WebP can keep."""
    picture = _reduced(picture, size)
    if picture.mode.startswith(("I", "F")):
        picture = to_grey(picture)
    shown = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    shown.thumbnail(size)
    return shown


def _reduced(picture, size):
    """Return a picture that needs less memory in the next steps, still above `size`."""
    if picture.mode.startswith(("I", "F")) and max(picture.size) > max(size):
        scale = max(size) / max(picture.size)  # what follows takes 40 bytes a pixel
        fitting = [max(1, round(length * scale)) for length in picture.size]
        return picture.resize(fitting, Image.Resampling.NEAREST)
    factor = max(picture.size) // (2 * max(size))
    if factor < 2 or min(picture.size) < factor:
        return picture
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture.reduce(factor)
    reduced = [length // factor for length in picture.size]
    return picture.resize(reduced, Image.Resampling.NEAREST)


def _saving(picture, format):
    """Return what writes a picture into a file."""
    options = SAVE_OPTIONS.get(format, {})
    return lambda target: picture.save(target, format, **options)


def _copying(file):
    def write(target):
        file.seek(0)
        shutil.copyfileobj(file, target)

    return write
