"""Files and folders that other users of the machine cannot read.

Sessions, pictures and passwords are in `var/` and `media/`. A copied session or
password would be enough to sign in.
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
    """Return the secret kept at a path; the first process that asks draws it."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), open(path, "x", opener=_private) as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text()


def keep_private(settings):
    """Create files for this user only from now on, and tighten existing folders.

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
    """Remove the rights of other users, if the path exists and belongs to this user.

    A folder with the sticky bit, like /tmp, is shared on purpose.
    """
    with contextlib.suppress(FileNotFoundError, PermissionError):
        found = os.stat(path)
        is_shared = found.st_mode & stat.S_ISVTX
        if found.st_uid == os.geteuid() and found.st_mode & UMASK and not is_shared:
            os.chmod(path, mode)


def _private(path, flags):
    return os.open(path, flags, FILE_MODE)
