"""A lock per upload, or per file derived from one, over all processes.

It is a file lock: the kernel releases it if its process is killed, while a lease in a
database would last on.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from django.conf import settings

from ..exceptions import Overloaded, StorageUnavailable

FOLDER = ".attempts"  # in MEDIA_ROOT, shared by all that share the pictures
WAIT_S = 5.0
POLL_S = 0.05


@contextlib.contextmanager
def exclusive(name, wait_s=None):
    """Lock the id of an upload, or the name of a file, for one attempt.

    Raises:
        Overloaded: another attempt holds the lock for too long.
        StorageUnavailable: the lock cannot be made.
    """
    path = folder() / f"{name}.lock"
    until = time.monotonic() + (WAIT_S if wait_s is None else wait_s)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _locked(path, until)
    except OSError as error:
        raise StorageUnavailable(
            f"Expected to lock {path}, got {error.strerror}. "
            "Free disk space, or mend the folder's rights."
        ) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # a leftover is reused by the next attempt
            path.unlink()
        file.close()


def folder():
    """Return the folder of the locks and of the notes on failed attempts."""
    return Path(settings.MEDIA_ROOT, FOLDER)


def _locked(path, until):
    while True:
        file = path.open("ab")
        if _is_ours(file, path):
            return file
        file.close()
        if time.monotonic() > until:
            raise Overloaded(f"Another attempt at {path.stem} is under way.")
        time.sleep(POLL_S)


def _is_ours(file, path):
    """Try to lock a file; tell whether it worked and the path still leads to it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
