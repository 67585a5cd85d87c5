"""Concurrency limits of a process: the uploads in work, and their pixels.

Excess uploads are refused instead of waiting without end; the server passes on few more
than there are places.
"""

import threading
import time
from contextlib import contextmanager

from django.conf import settings

from ..exceptions import Overloaded

WAIT_S = 2.0

_places = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)
_begun = {}  # work -> its start


@contextmanager
def concurrency_limited():
    """Occupy a place while the body runs.

    Raises:
        Overloaded: all places are taken, and none becomes free soon.
    """
    if not _places.acquire(timeout=WAIT_S):
        raise Overloaded(f"{settings.UPLOADS_AT_ONCE} uploads are in work.")
    work = object()
    _begun[work] = time.monotonic()
    try:
        yield
    finally:
        del _begun[work]
        _places.release()


@contextmanager
def in_turn(lock, refusal):
    """Hold a lock while the body runs.

    Raises:
        Overloaded: somebody else holds it; the message is `refusal`.
    """
    if not lock.acquire(blocking=False):
        raise Overloaded(refusal)
    try:
        yield
    finally:
        lock.release()


def longest_s():
    """Return the seconds since the oldest work began, 0 without any."""
    return time.monotonic() - min([*_begun.values(), time.monotonic()])


class PixelBudget:
    """The decoded pixels that fit into memory, first come, first served."""

    def __init__(self, pixels):
        self.pixels = self.free = pixels
        self.turn = threading.Lock()
        self.changed = threading.Condition()

    @contextmanager
    def reserved(self, pixels):
        """Wait until some pixels are free, and reserve them while the body runs."""
        pixels = min(pixels, self.pixels)
        with self.turn, self.changed:  # a later request does not overtake a waiting one
            self.changed.wait_for(lambda: self.free >= pixels)
            self.free -= pixels
        try:
            yield
        finally:
            with self.changed:
                self.free += pixels
                self.changed.notify()


pixel_budget = PixelBudget(settings.MAX_UPLOAD_PIXELS)
