"""Where pictures are kept, with what is derived from each."""

import contextlib
import shutil
from pathlib import Path

from django.conf import settings

from .. import durable_files
from ..exceptions import StorageUnavailable
from .previews import as_shown

# What is made of a picture and kept beside it, by the end of its name.
DERIVED = {
    "thumb.webp": "image/webp",
    "preview.webp": "image/webp",
}
# What is made later, when it is first asked for.
HEAT_MAP = "heat-map.webp"
# What earlier versions made; it goes with the picture.
FORMER = ("seen.png", "heat-map.png")
SET_ASIDE = ".deleted"
PREVIEW_SIZE = (800, 800)
THUMBNAIL_SIZE = (160, 160)
SAVE_OPTIONS = {"WEBP": {"quality": 75, "method": 1}}  # 16 ms, by default five times it


def store(stored_name, file, picture):
    """Keep an uploaded file and the pictures derived from it: all of them or none.

    What an earlier attempt at the same upload has kept stays as it is, whatever
    becomes of this one.

    Args:
        stored_name: where, relative to `MEDIA_ROOT`.
        file: what is kept of the bytes as sent, a binary file.
        picture: the decoded picture.

    Returns the paths of the files that were made.
    """
    preview = as_shown(picture, PREVIEW_SIZE)
    thumbnail = preview.copy()
    thumbnail.thumbnail(THUMBNAIL_SIZE)
    contents = {
        "thumb.webp": _saving(thumbnail, "WEBP"),
        "preview.webp": _saving(preview, "WEBP"),
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
    return [
        path(stored_name, derived) for derived in (None, *DERIVED, HEAT_MAP, *FORMER)
    ]


def _aside(path):
    return path.with_name(f".{path.name}{SET_ASIDE}")


def _saving(picture, format):
    """Return what writes a picture into a file."""
    options = SAVE_OPTIONS.get(format, {})
    return lambda target: picture.save(target, format, **options)


def _copying(file):
    def write(target):
        file.seek(0)
        shutil.copyfileobj(file, target)

    return write
