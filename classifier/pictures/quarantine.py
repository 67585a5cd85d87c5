"""Files that no upload can be made of: kept apart with the reason, for a person to see.

They lie by the day of their id, as uploads do, and go by their age with them.
"""

import itertools
import shutil
from pathlib import Path

from django.conf import settings

from .. import durable_files, timeuuid

FOLDER = "quarantine"  # in MEDIA_ROOT: nothing is copied, and no page serves it
REASON = "reason.txt"


def move(id, paths, reason):
    """Move the files of an id into quarantine; return the folder that they are in.

    Raises:
        OSError: they are where they were, or in part.
    """
    folder = next(each for each in _folders(id) if not each.exists())
    durable_files.keep(folder / REASON, f"{reason}\n".encode(), root().parent)
    for path in paths:
        path.rename(folder / path.name)
    durable_files.sync_folders(folder, folder)
    return folder


def remove(id):
    """Remove for good what is in quarantine of an upload; return whether any was."""
    there = list(itertools.takewhile(Path.exists, _folders(id)))
    for folder in there:
        shutil.rmtree(folder)
    return bool(there)


def root():
    """Return where quarantine is: the folders of its days."""
    return Path(settings.MEDIA_ROOT, FOLDER)


def _folders(id):
    """Yield where the files of an id go at the first time, the second, and so on."""
    day = root() / f"{timeuuid.created_at(id):%Y/%m/%d}"
    yield day / str(id)
    for number in itertools.count(2):
        yield day / f"{id}-{number}"
