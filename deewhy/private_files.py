"""Files and folders that no other user of the machine may read.

Sessions, pictures and passwords are in `var/` and `media/`: who copies one of the first
signs in with it.
"""

import contextlib
import os
import secrets
import stat
from pathlib import Path

UMASK = 0o077
FOLDER_MODE = 0o700
FILE_MODE = 0o600
SECRET_BYTES = 50
SQLITE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def kept_secret(path):
    """Return the secret kept at a path, drawn by the first process that asks."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), open(path, "x", opener=_private) as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text()


def keep_private(settings):
    """Create nothing that others can read from now on; tighten what is there.

    Raises:
        OSError: a folder cannot be made.
    """
    os.umask(UMASK)
    for folder in (settings.VAR_DIR, settings.MEDIA_ROOT):
        Path(folder).mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        tighten(folder, FOLDER_MODE)
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        for suffix in SQLITE_SUFFIXES:
            tighten(f"{database['NAME']}{suffix}", FILE_MODE)


def tighten(path, mode):
    """Take a path's rights from others, where it is there and belongs to this user.

    A folder with the sticky bit, like /tmp, is everybody's on purpose.
    """
    with contextlib.suppress(FileNotFoundError, PermissionError):
        found = os.stat(path)
        is_shared = found.st_mode & stat.S_ISVTX
        if found.st_uid == os.geteuid() and found.st_mode & UMASK and not is_shared:
            os.chmod(path, mode)


def _private(path, flags):
    return os.open(path, flags, FILE_MODE)
