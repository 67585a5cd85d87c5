"""One export per process at a time: a slow reader holds a thread until its end."""

import threading
import weakref

from ..exceptions import ExportUnderWay

_free = threading.Lock()


class Turn:
    """The right to export, released when the download ends or breaks off.

    Raises:
        ExportUnderWay: another export is being downloaded.
    """

    def __init__(self):
        if not _free.acquire(blocking=False):
            raise ExportUnderWay("Another export is being downloaded.")
        self.close = weakref.finalize(self, _free.release)
        self._chunks = iter(())

    def of(self, chunks):
        """Return an iterator over the chunks that releases the right at its end."""
        self._chunks = chunks
        return self

    def __iter__(self):
        try:
            yield from self._chunks
        finally:
            self.close()
