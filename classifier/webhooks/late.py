"""Uploads without a message, because the default database was away: sent later.

A note beside the pictures holds only the id. The message is built from the record,
which also tells whether the upload was deleted meanwhile.
"""

import uuid
from pathlib import Path

from django.conf import settings

from .. import durable_files, timeuuid
from ..exceptions import HistoryUnavailable
from ..spool import records

FOLDER = ".unannounced"


def note(id):
    """Note that an upload needs a message; the note is on disk when this returns.

    Raises:
        OSError: the disk takes no note.
    """
    durable_files.keep(_folder() / str(id), b"", Path(settings.MEDIA_ROOT))


def announce_all(announce):
    """Announce the noted uploads that still exist, oldest first.

    Uploads that cannot be looked up, because Cassandra is away, wait for the next call.

    Args:
        announce: takes an upload and keeps a message about it, once or again.
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
    """Delete the notes about uploads."""
    for id in ids:
        (_folder() / str(id)).unlink(missing_ok=True)


def drop_aged(until):
    """Delete the notes about uploads from before a time."""
    drop([id for id in _noted() if timeuuid.created_at(id) < until])


def _noted():
    return [uuid.UUID(path.name) for path in _folder().glob("*-*")]


def _folder():
    return Path(settings.MEDIA_ROOT, FOLDER)
