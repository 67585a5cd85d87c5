"""Unusable files, kept apart with the reason, for a person to look at.

They are filed by the day of their id, like uploads, and retention applies to both.
"""

import itertools
import shutil
from pathlib import Path

from django.conf import settings

from .. import durable_files, timeuuid

FOLDER = "quarantine"  # in MEDIA_ROOT: nothing is copied, and no page serves it
REASON = "reason.txt"


def move(id, paths, reason):
    """Move the files of an id into quarantine; return their new folder.

    Raises:
        OSError: some files may not have been moved.
    """
    folder = next(each for each in _folders(id) if not each.exists())
    durable_files.keep(folder / REASON, f"{reason}\n".encode(), root().parent)
    for path in paths:
        path.rename(folder / path.name)
    durable_files.sync_folders(folder, folder)
    return folder


def remove(id):
    """Delete an upload's files in quarantine; return whether there were any."""
    there = list(itertools.takewhile(Path.exists, _folders(id)))
    for folder in there:
        shutil.rmtree(folder)
    return bool(there)


def root():
    """Return the root of the quarantine, with a folder for each day."""
    return Path(settings.MEDIA_ROOT, FOLDER)


def _folders(id):
    """Yield the folders for the files of an id: the first, the second, and so on."""
    day = root() / f"{timeuuid.created_at(id):%Y/%m/%d}"
    yield day / str(id)
    for number in itertools.count(2):
        yield day / f"{id}-{number}"
