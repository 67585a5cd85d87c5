"""Storage of pictures and of the files derived from them."""

import contextlib
import shutil
from pathlib import Path

from django.conf import settings

from deewhy import metrics

from .. import durable_files
from ..exceptions import StorageUnavailable

# Suffixes of the files derived from a picture, made at the first request and stored
# beside it.
THUMBNAIL, PREVIEW, HEAT_MAP = "thumb.webp", "preview.webp", "heat-map.webp"
CARD = "card.jpg"
# Heat maps of the other classes, by label; higher labels are not stored.
HEAT_MAPS = tuple(f"heat-map-{label}.webp" for label in range(32))
DERIVED = (THUMBNAIL, PREVIEW, HEAT_MAP, CARD, *HEAT_MAPS)
# Made by earlier versions; deleted with the picture.
FORMER = ("seen.png", "heat-map.png")
SET_ASIDE = ".deleted"


@metrics.part("store")
def store(stored_name, file):
    """Store an uploaded file: complete and on disk, or not at all.

    Files of an earlier attempt at the same upload stay, even if this attempt fails.

    Args:
        stored_name: the path, relative to `MEDIA_ROOT`.
        file: binary file without metadata.

    Returns:
        the paths of the new files.
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
    """Remove the files that `store` made."""
    for each in made:
        with contextlib.suppress(OSError):  # a read-only disk
            each.unlink(missing_ok=True)


def remove(stored_name):
    """Remove an uploaded file and everything derived from it; may be repeated.

    Returns:
        whether there was anything.
    """
    paths = _paths(stored_name)
    beside = [form(each) for each in paths for form in (_aside, durable_files.part)]
    there = [each for each in (*paths, *beside) if each.exists()]
    for each in there:
        each.unlink(missing_ok=True)
    return bool(there)


def set_aside(stored_name):
    """Hide an upload's files, so that they can still be restored."""
    for each in _paths(stored_name):
        with contextlib.suppress(FileNotFoundError):
            each.rename(_aside(each))


def is_set_aside(path):
    """Tell whether `set_aside` has hidden a file."""
    return path.name.endswith(SET_ASIDE)


def put_back(stored_name):
    """Restore hidden files."""
    for each in _paths(stored_name):
        with contextlib.suppress(FileNotFoundError):
            _aside(each).rename(each)


def path(stored_name, derived=None):
    """Return the path of a stored file, or of a derived one such as `thumb.webp`."""
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
