"""Where pictures are kept, and what is derived from each."""

import contextlib
import shutil
from pathlib import Path

from django.conf import settings

from .. import durable_files
from ..exceptions import StorageUnavailable

# What is made of a picture when it is first asked for, and kept beside it, by the end
# of its name.
THUMBNAIL, PREVIEW, HEAT_MAP = "thumb.webp", "preview.webp", "heat-map.webp"
CARD = "card.jpg"
# Of the other classes, by their labels; of a class beyond these none is kept.
HEAT_MAPS = tuple(f"heat-map-{label}.webp" for label in range(32))
DERIVED = (THUMBNAIL, PREVIEW, HEAT_MAP, CARD, *HEAT_MAPS)
# What earlier versions made; it goes with the picture.
FORMER = ("seen.png", "heat-map.png")
SET_ASIDE = ".deleted"


def store(stored_name, file):
    """Keep an uploaded file: whole, on disk, or not at all.

    What an earlier attempt at the same upload has kept stays as it is, whatever
    becomes of this one.

    Args:
        stored_name: where, relative to `MEDIA_ROOT`.
        file: what is kept of the bytes as sent, a binary file.

    Returns the paths of the files that were made.
    """
    original, made = path(stored_name), []
    folder = original.parent
    try:
        top = durable_files.make_folder(folder, Path(settings.MEDIA_ROOT))
        if durable_files.create(original, _copying(file)):
            made.append(original)
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
    """Remove files that `store` made."""
    for each in made:
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
    return [path(stored_name, derived) for derived in (None, *DERIVED, *FORMER)]


def _aside(path):
    return path.with_name(f".{path.name}{SET_ASIDE}")


def _copying(file):
    def write(target):
        file.seek(0)
        shutil.copyfileobj(file, target)

    return write
