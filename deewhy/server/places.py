"""How many requests a worker takes in hand, and how many of them may be pictures."""

import math
import time

from django.conf import settings

QUEUED_PER_THREAD = 4
# Uploads in hand beyond those in work wait a moment for a place: a few that come at the
# same time. Where more came a moment ago the load lasts, and waiting would only make
# answers late.
SPARE_UPLOADS = 2
CALM_AFTER_S = 5


class Places:
    """Those that requests in hand take; pictures leave threads to the pages."""

    def __init__(self, threads):
        self.most = threads * (1 + QUEUED_PER_THREAD)
        self.in_hand = 0
        self.files_in_hand = 0
        self.last_crowded = -math.inf

    def take(self, arrival):
        """Count a request that a thread is to answer."""
        self.in_hand += 1
        self.files_in_hand += arrival.brings_file

    def leave(self, arrival):
        """Count a request no more."""
        self.in_hand -= 1
        self.files_in_hand -= arrival.brings_file

    def are_enough_taken_for(self, arrival):
        """Tell whether to refuse a request."""
        if arrival.brings_file:
            return self._has_enough_files()
        return self.in_hand >= self.most

    def _has_enough_files(self):
        """Tell whether all places are taken; remember when that was seen."""
        now, places = time.monotonic(), settings.UPLOADS_AT_ONCE
        if now - self.last_crowded > CALM_AFTER_S:
            places += SPARE_UPLOADS
        if self.files_in_hand < places:
            return False
        self.last_crowded = now
        return True
