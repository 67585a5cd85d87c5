"""The rate limit of live guesses, apart from that of uploads."""

from ..exceptions import TooManyUploads
from .callers import caller
from .rates import count

PER_MINUTE = 75  # one a second, and some for a page that is opened again


def check(request):
    """Count one frame of a webcam.

    Raises:
        TooManyUploads: its address has sent more than a page does.
    """
    if wait_s := count(f"guess-{caller(request)}", PER_MINUTE):
        raise TooManyUploads(wait_s)
