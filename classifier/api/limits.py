"""The rate limit of the API: by token, or by address without one."""

import functools
import math

from django.conf import settings
from django.utils.translation import gettext as _

from ..limits.callers import caller, token_of
from ..limits.rates import charge, uncounted_while_away
from .problems import Problem


def limited(view):
    """Let a token, or an address without one, call only so many times a minute."""

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
    """Return the rate of whoever sent a request."""
    token = token_of(request)
    if token is None:
        return settings.API_CALLS_PER_MINUTE
    return token.calls_per_minute or settings.API_TOKEN_CALLS_PER_MINUTE


def too_many_calls(rate, wait_s):
    """Return the problem of a caller over its rate, with the seconds to wait."""
    detail = _("At most %(rate)d calls a minute are accepted. Wait %(wait)d s.")
    return Problem(
        "too-many-calls",
        detail % {"rate": rate, "wait": wait_s},
        {"Retry-After": str(wait_s)},
    )
