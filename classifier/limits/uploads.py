"""How many uploads an address may send by the form, counted as the API counts calls."""

import functools
import logging
import math

from django.conf import settings
from django.db import DatabaseError

from ..api.limits import charge, charge_more
from ..error_pages import too_many_requests
from .callers import caller

logger = logging.getLogger(__name__)


def limited(view):
    """Answer 429 to a POST from an address that is over `UPLOADS_PER_MINUTE`."""

    @functools.wraps(view)
    def limiting(request, *args, **kwargs):
        if request.method == "POST" and (pause := asked_to_pause(request)):
            return pause
        return view(request, *args, **kwargs)

    return limiting


def asked_to_pause(request):
    """Count work as long as a picture's; return the 429 of who is over the limit."""
    wait_s = _seconds_to_wait(request)
    return too_many_requests(request, wait_s) if wait_s else None


def count_further(request, pictures):
    """Count the pictures of a form beyond its first: the next form waits for them."""
    if settings.UPLOADS_PER_MINUTE and pictures:
        charge_more(_sender(request), settings.UPLOADS_PER_MINUTE, pictures)


def _sender(request):
    return f"form-{caller(request)}"


def _seconds_to_wait(request):
    if not settings.UPLOADS_PER_MINUTE:
        return 0
    try:
        wait_s = charge(_sender(request), settings.UPLOADS_PER_MINUTE)
    except DatabaseError as error:  # uploads need no default database, their count does
        logger.warning("Uploads are not counted: %s", error)
        return 0
    return math.ceil(wait_s)
