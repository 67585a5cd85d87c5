"""Uploads that the default database could not take a message about; it comes later.

A note beside the pictures has the id alone: the message is made of the record, which
also tells whether the upload was deleted meanwhile.
"""

import uuid
from pathlib import Path

from django.conf import settings

from .. import durable_files, timeuuid
from ..exceptions import HistoryUnavailable
from ..spool import records

FOLDER = ".unannounced"


def note(id):
    """Note that an upload is to be announced; the note is on disk when this returns.

    Raises:
        OSError: the disk takes no note.
    """
    durable_files.keep(_folder() / str(id), b"", Path(settings.MEDIA_ROOT))


def announce_all(announce):
    """Announce what was noted and is still there, oldest first.

    What cannot be looked up, as Cassandra is away, waits for the next call.

    Args:
        announce: takes an upload, and keeps a message about it, once or again.
    """
    for id in sorted(_noted(), key=timeuuid.order):
        try:
            upload = records.find(id)
        except HistoryUnavailable:
            continue
        if upload:
            announce(upload)
        drop([id])


def drop(ids):
    """Drop the notes about uploads."""
    for id in ids:
        (_folder() / str(id)).unlink(missing_ok=True)


def drop_aged(until):
    """Drop the notes about uploads of before a time."""
    drop([id for id in _noted() if timeuuid.created_at(id) < until])


def _noted():
    return [uuid.UUID(path.name) for path in _folder().glob("*-*")]


def _folder():
    return Path(settings.MEDIA_ROOT, FOLDER)
