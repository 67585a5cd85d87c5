"""The concurrency limit of a worker, for all requests and for uploads among them."""

import math
import time

from django.conf import settings

QUEUED_PER_THREAD = 4
# A few more uploads than are in work may wait a moment, since some arrive at the same
# time. Under lasting load waiting would only make answers late, so the spare places are
# closed for a while after each refusal.
SPARE_UPLOADS = 2
CALM_AFTER_S = 5


class Places:
    """The places that requests occupy; uploads always leave threads to the pages."""

    def __init__(self, threads):
        self.most = threads * (1 + QUEUED_PER_THREAD)
        self.in_hand = 0
        self.files_in_hand = 0
        self.last_crowded = -math.inf

    def take(self, arrival):
        """Count a request that goes to a thread."""
        self.in_hand += 1
        self.files_in_hand += arrival.brings_file

    def leave(self, arrival):
        """Count a request as finished."""
        self.in_hand -= 1
        self.files_in_hand -= arrival.brings_file

    def are_enough_taken_for(self, arrival):
        """Tell whether to refuse a request."""
        if arrival.brings_file:
            return self._has_enough_files()
        return self.in_hand >= self.most

    def _has_enough_files(self):
        """Tell whether all places for uploads are taken, and remember the time."""
        now, places = time.monotonic(), settings.UPLOADS_AT_ONCE
        if now - self.last_crowded > CALM_AFTER_S:
            places += SPARE_UPLOADS
        if self.files_in_hand < places:
            return False
        self.last_crowded = now
        return True
