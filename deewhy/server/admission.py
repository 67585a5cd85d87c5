"""The admission of requests: which upload runs next, and which one is refused.

The rule for uploads: there are two lanes, one for large files and one for small ones.
The large ones take at most half of the places, so that photographs never hold up small
pictures; otherwise the upload that arrived first runs first. Refused is what would wait
more than two seconds for the work before it in its lane, in estimated seconds.
"""

import math
import time
from collections import deque
from dataclasses import dataclass, field
from statistics import median

from django.conf import settings

QUEUED_PER_THREAD = 4
MOST_WAIT_S = 2.0
# An accepted upload is refused after all when the estimate proves far too low, as in
# the first moments of an outage.
GIVE_UP_AFTER_S = 2 * MOST_WAIT_S
LONGEST_RETRY_S = 60
# On one core: a picture of 28x28 takes 10 ms, a JPEG of 12 megapixels and 3 MB 100 ms.
UPLOAD_S, BYTE_S = 0.010, 0.030e-6
LARGE_BYTES = 1_000_000
# Uploads of a lane whose median tells how far the estimate is off: one stall, such as
# the first connection to Cassandra, changes nothing.
MEASURED = 15


@dataclass(slots=True)
class Lane:
    """The uploads of one kind: waiting and running, with their estimated seconds."""

    places: int  # how many may run where both lanes are busy
    waiting: deque = field(default_factory=deque)
    running: int = 0
    in_hand_s: float = 0.0
    # How many times their estimate the last ones took.
    measured: deque = field(default_factory=lambda: deque([1.0], maxlen=MEASURED))

    @property
    def wait_s(self):
        """The seconds until all that is in hand is done."""
        return self.in_hand_s * median(self.measured) / self.places


@dataclass(slots=True)
class Job:
    """An upload between its arrival and its end."""

    work: object
    size_bytes: int
    lane: Lane
    arrived_at: float
    began_at: float = 0.0

    @property
    def estimate_s(self):
        """Its CPU time, if it is like those that the constants come from."""
        return UPLOAD_S + BYTE_S * self.size_bytes


class Admission:
    """The requests of a worker; its uploads leave threads to the pages."""

    def __init__(self, threads, clock=time.monotonic):
        self.clock = clock
        self.most = threads * (1 + QUEUED_PER_THREAD)
        self.others_in_hand = 0
        self.places = settings.UPLOADS_AT_ONCE
        half = max(1, self.places // 2)
        self.large = Lane(half)
        self.small = Lane(max(1, self.places - half))

    def seconds_too_long(self, size_bytes):
        """Return for how long an upload of a size should stay away, 0 if it may come.

        Then the work in hand is done, as far as it would make the upload wait too long.
        """
        wait_s = self._lane(size_bytes).wait_s
        if wait_s <= MOST_WAIT_S:
            return 0
        return min(math.ceil(wait_s - MOST_WAIT_S), LONGEST_RETRY_S)

    def add(self, work, size_bytes):
        """Queue an upload; return its Job."""
        lane = self._lane(size_bytes)
        job = Job(work, size_bytes, lane, self.clock())
        lane.waiting.append(job)
        lane.in_hand_s += job.estimate_s
        return job

    def next(self):
        """Return the next Job to run, or None while no place is free for one."""
        if self.small.running + self.large.running >= self.places:
            return None
        lanes = [self.small]
        if self.large.running < self.large.places:
            lanes.append(self.large)
        heads = [lane.waiting[0] for lane in lanes if lane.waiting]
        if not heads:
            return None
        job = min(heads, key=lambda job: job.arrived_at)
        job.lane.waiting.popleft()
        job.lane.running += 1
        job.began_at = self.clock()
        return job

    def is_too_late(self, job):
        """Tell whether a job has waited so long that its client is better refused."""
        return job.began_at - job.arrived_at > GIVE_UP_AFTER_S

    def end(self, job, *, has_run=True):
        """Free the place of a job, and learn from how long it ran."""
        lane = job.lane
        lane.running -= 1
        lane.in_hand_s = max(0.0, lane.in_hand_s - job.estimate_s)
        if not lane.running and not lane.waiting:
            lane.in_hand_s = 0.0  # no rounding errors add up
        if has_run:
            lane.measured.append((self.clock() - job.began_at) / job.estimate_s)

    def _lane(self, size_bytes):
        return self.large if size_bytes > LARGE_BYTES else self.small
