"""Refused uploads whose record may have arrived all the same; it is taken back later.

A note beside the pictures says so, as both databases are away when one is needed. It
is on disk before the picture is removed. It is void while the id has a picture: then a
later attempt keeps the upload, or one that was killed has left all of it.
"""

import contextlib
import json
import logging
import time
import uuid

from django.core.serializers.json import DjangoJSONEncoder

from .. import durable_files, history, pictures
from ..exceptions import Overloaded
from ..limits import locks
from ..models import Upload
from .models import WaitingUpload, values_of

DOUBTFUL, WITHDRAWN = "doubtful", "withdrawn"
REMEMBERED_S = 25 * 3600  # longer than a call remembers the ids drawn for it

logger = logging.getLogger(__name__)


def note(upload):
    """Note that a record may have arrived; return whether the note is on disk."""
    text = json.dumps(values_of(upload), cls=DjangoJSONEncoder)
    path = _path(upload.id, DOUBTFUL)
    try:
        durable_files.keep(path, text.encode(), locks.folder().parent)
    except OSError:
        logger.exception(
            "Upload %s was refused and is kept, as nothing can note the doubt.",
            upload.id,
        )
        return False
    return True


def forget(id):
    """Drop the note on an upload that is kept after all; its picture voids it, too."""
    with contextlib.suppress(OSError):
        _path(id, DOUBTFUL).unlink()


def withdraw(id):
    """Give an id up: a deletion under it is newer than every record."""
    durable_files.create(_path(id, WITHDRAWN), lambda file: None)


def is_withdrawn(id):
    """Tell whether an id was given up: a record under it would be deleted already."""
    return _path(id, WITHDRAWN).exists()


def retract():
    """Delete from Cassandra what was refused and may have arrived there.

    Raises:
        HistoryUnavailable: Cassandra does not answer; the notes stay.
    """
    for path in sorted(locks.folder().glob(f"*.{DOUBTFUL}")):
        _retract(uuid.UUID(path.stem))
    for path in sorted(locks.folder().glob(f"*.{WITHDRAWN}")):
        if path.stat().st_size:  # given up before a crash, and not deleted yet
            _delete(uuid.UUID(path.stem))
        elif time.time() - path.stat().st_mtime > REMEMBERED_S:
            path.unlink(missing_ok=True)


def _retract(id):
    """Give an id up for good, then delete what is recorded under it."""
    try:
        with locks.exclusive(id, wait_s=0):
            noted = _path(id, DOUBTFUL)
            if not noted.exists() or _is_kept(id):
                return
            noted.rename(_path(id, WITHDRAWN))
            durable_files.sync_folders(locks.folder(), locks.folder())
            _delete(id)
    except Overloaded:
        pass  # another process does it, or a new attempt is under way


def _is_kept(id):
    upload = _upload(id, DOUBTFUL)
    has_picture = pictures.path(upload.stored_name).exists()
    return has_picture or WaitingUpload.objects.filter(id=id).exists()


def _delete(id):
    history.delete(_upload(id, WITHDRAWN))
    _path(id, WITHDRAWN).write_bytes(b"")


def _upload(id, state):
    return Upload(id=id, **json.loads(_path(id, state).read_bytes()))


def _path(id, state):
    return locks.folder() / f"{id}.{state}"
