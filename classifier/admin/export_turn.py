"""One export at a time in a process: a slow reader holds a thread until its end."""

import threading
import weakref

from ..exceptions import ExportUnderWay

_free = threading.Lock()


class Turn:
    """The right to export, given back when the download ends, breaks or is forgotten.

    Raises:
        ExportUnderWay: while another export is being downloaded.
    """

    def __init__(self):
        if not _free.acquire(blocking=False):
            raise ExportUnderWay("Another export is being downloaded.")
        self.close = weakref.finalize(self, _free.release)
        self._chunks = iter(())

    def of(self, chunks):
        """Return itself as what is to be sent."""
        self._chunks = chunks
        return self

    def __iter__(self):
        try:
            yield from self._chunks
        finally:
            self.close()
