"""The rate limit of the API, per token or, without one, per address."""

import functools
import math

from django.conf import settings
from django.utils.translation import gettext as _

from ..limits.callers import caller, token_of
from ..limits.rates import charge, uncounted_while_away
from .problems import Problem


def limited(view):
    """Limit the calls per minute of a token, or of an address without one."""

    @functools.wraps(view)
    def limiting(request, *args, **kwargs):
        rate = calls_per_minute(request)
        wait_s = 0
        with uncounted_while_away():
            wait_s = charge(caller(request), rate)
        if wait_s:
            raise too_many_calls(rate, math.ceil(wait_s))
        return view(request, *args, **kwargs)

    return limiting


def calls_per_minute(request):
    """Return the rate limit of a request's sender."""
    token = token_of(request)
    if token is None:
        return settings.API_CALLS_PER_MINUTE
    return token.calls_per_minute or settings.API_TOKEN_CALLS_PER_MINUTE


def too_many_calls(rate, wait_s):
    """Return the problem of a caller over the rate limit, with the seconds to wait."""
    detail = _("The limit is %(rate)d calls a minute. Wait %(wait)d s.")
    return Problem(
        "too-many-calls",
        detail % {"rate": rate, "wait": wait_s},
        {"Retry-After": str(wait_s)},
    )
