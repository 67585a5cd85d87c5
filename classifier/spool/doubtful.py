"""Refused uploads with a record in doubt: if it reached Cassandra, it is retracted.

The note is a file beside the pictures, because both databases are away at such a time.
It is on disk before the picture is removed. It is void while the id has a picture: a
later attempt has then kept the upload, or a killed one left all of it.
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
REMEMBERED_S = 25 * 3600  # longer than the API remembers the ids of a call

logger = logging.getLogger(__name__)


def note(upload):
    """Note a record in doubt; return whether the note is on disk."""
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
    """Drop the note on an upload that was kept after all; its picture also voids it."""
    with contextlib.suppress(OSError):
        _path(id, DOUBTFUL).unlink()


def withdraw(id):
    """Withdraw an id: its deletion is newer than every record under it."""
    durable_files.create(_path(id, WITHDRAWN), lambda file: None)


def is_withdrawn(id):
    """Tell whether an id was withdrawn: a record under it would be deleted already."""
    return _path(id, WITHDRAWN).exists()


def retract():
    """Delete refused uploads that may have reached Cassandra.

    Raises:
        HistoryUnavailable: Cassandra does not answer; the notes stay.
    """
    for path in sorted(locks.folder().glob(f"*.{DOUBTFUL}")):
        _retract(uuid.UUID(path.stem))
    for path in sorted(locks.folder().glob(f"*.{WITHDRAWN}")):
        if path.stat().st_size:  # withdrawn before a crash, and not deleted yet
            _delete(uuid.UUID(path.stem))
        elif time.time() - path.stat().st_mtime > REMEMBERED_S:
            path.unlink(missing_ok=True)


def _retract(id):
    """Withdraw an id for good, then delete the record under it."""
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
