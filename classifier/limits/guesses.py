"""The rate limit of live guesses, apart from that of uploads."""

import math

from ..exceptions import TooManyUploads
from .callers import caller
from .rates import charge, uncounted_while_away

PER_MINUTE = 75  # one a second, and some for a page that is opened again


def check(request):
    """Count one frame of a webcam.

    Raises:
        TooManyUploads: its address has sent more than a page does.
    """
    wait_s = 0
    with uncounted_while_away():
        wait_s = charge(f"guess-{caller(request)}", PER_MINUTE)
    if wait_s:
        raise TooManyUploads(math.ceil(wait_s))
