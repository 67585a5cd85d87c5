"""How many uploads a process works on at once; more are refused, not kept waiting."""

import threading
from contextlib import contextmanager

from django.conf import settings

from .exceptions import Overloaded

_places = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)


@contextmanager
def admitted():
    """Take a place for as long as the work lasts.

    Raises:
        Overloaded: all are taken.
    """
    if not _places.acquire(blocking=False):
        raise Overloaded(f"{settings.UPLOADS_AT_ONCE} uploads are in work.")
    try:
        yield
    finally:
        _places.release()
