"""One attempt at a time at an upload whose id was given, over all processes.

A file lock: the system frees it when its process is killed, of which a lease in a
database would know nothing.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from django.conf import settings

from ..exceptions import Overloaded, StorageUnavailable

FOLDER = ".attempts"  # in MEDIA_ROOT, so that whoever shares the pictures shares it
WAIT_S = 5.0
POLL_S = 0.05


@contextlib.contextmanager
def exclusive(id, wait_s=None):
    """Be the only one that works on an upload.

    Raises:
        Overloaded: another attempt at it is under way, and does not end soon.
        StorageUnavailable: the lock cannot be made.
    """
    path = folder() / f"{id}.lock"
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
        with contextlib.suppress(OSError):  # one that stays is taken by the next
            path.unlink()
        file.close()


def folder():
    """Return where locks are, and notes on attempts that failed."""
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
    """Lock a file, unless another has; tell whether its path still leads to it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
