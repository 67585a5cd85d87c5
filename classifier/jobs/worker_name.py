"""The name of the worker of this VAR_DIR, the same after restarts."""

import uuid

from django.conf import settings

from .. import durable_files

FILE = "jobs-worker"


def worker_name():
    """Return the name; the first call makes it."""
    path = settings.VAR_DIR / FILE
    if not path.exists():
        durable_files.keep(path, uuid.uuid4().hex.encode(), settings.VAR_DIR)
    return path.read_text()
