"""A circuit breaker: calls to a service that is away fail without waiting."""

import threading
import time

from ..exceptions import HistoryUnavailable


class NotTried(HistoryUnavailable):
    """The breaker is open: the call was not made."""


class Breaker:
    """Refuses calls after a failure, and lets a single one through now and then.

    Each process has its own, because processes may reach different nodes.
    """

    def __init__(self, retry_after_s, clock=time.monotonic):
        self.retry_after_s = retry_after_s
        self.clock = clock
        self.retry_at = None  # None: closed, calls go through
        self.lock = threading.Lock()

    @property
    def is_open(self):
        """Tell whether the last call that was let through failed."""
        return self.retry_at is not None

    def call(self, function, *args):
        """Call a function of the service, or raise NotTried at once."""
        if not self._admits():
            raise NotTried("Cassandra did not answer a moment ago.")
        return self.attempt(function, *args)

    def attempt(self, function, *args):
        """Call a function in any state, and learn from its success or failure."""
        try:
            result = function(*args)
        except HistoryUnavailable:
            self.retry_at = self.clock() + self.retry_after_s
            raise
        self.retry_at = None
        return result

    def _admits(self):
        with self.lock:
            if self.is_open and self.clock() < self.retry_at:
                return False
            if self.is_open:  # this call probes the service; the next waits for it
                self.retry_at = self.clock() + self.retry_after_s
            return True
