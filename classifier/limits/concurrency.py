"""How many uploads, and how many pixels, a process works on at once, and how long.

What is too much is refused, not kept waiting without end; the server hands only few
more on than there are places.
"""

import threading
import time
from contextlib import contextmanager

from django.conf import settings

from ..exceptions import Overloaded

WAIT_S = 2.0

_places = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)
_begun = {}  # work -> when it began


@contextmanager
def concurrency_limited():
    """Take a place for as long as the work lasts.

    Raises:
        Overloaded: all are taken, and none becomes free soon.
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


def longest_s():
    """Return for how long the oldest work has lasted, 0 where there is none."""
    return time.monotonic() - min([*_begun.values(), time.monotonic()])


class PixelBudget:
    """As many pixels as there may be in memory; who comes first takes first."""

    def __init__(self, pixels):
        self.pixels = self.free = pixels
        self.turn = threading.Lock()
        self.changed = threading.Condition()

    @contextmanager
    def reserved(self, pixels):
        """Wait until there is room for some pixels; keep it while the work lasts."""
        pixels = min(pixels, self.pixels)
        with self.turn, self.changed:  # none overtakes one that waits
            self.changed.wait_for(lambda: self.free >= pixels)
            self.free -= pixels
        try:
            yield
        finally:
            with self.changed:
                self.free += pixels
                self.changed.notify()


pixel_budget = PixelBudget(settings.MAX_UPLOAD_PIXELS)
