"""Time limits for clients: short for stalled ones, generous for slow ones."""

import time

WINDOW_S = 30
WINDOW_BYTES = 240_000  # 8 kB/s in each window
SLOWEST_BYTES_PER_S = 32_000  # over the whole: 11 minutes for 20 MiB


class Pace:
    """The bytes moved on one connection, and the deadline for the next ones."""

    def __init__(self, size_bytes):
        self.began = self.window_began = time.monotonic()
        self.ends = self.began + WINDOW_S + size_bytes / SLOWEST_BYTES_PER_S
        self.moved_bytes = self.window_bytes = 0

    def move(self, size_bytes):
        """Count transferred bytes; enough of them open the next window."""
        self.moved_bytes += size_bytes
        self.window_bytes += size_bytes
        if self.window_bytes >= WINDOW_BYTES:
            self.window_began, self.window_bytes = time.monotonic(), 0

    @property
    def until(self):
        """Return when the client is given up."""
        return min(self.ends, self.window_began + WINDOW_S)

    def bytes_per_s(self):
        """Return the average rate; the first second counts as a whole one."""
        return self.moved_bytes / max(1, time.monotonic() - self.began)
