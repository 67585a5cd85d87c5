"""The rate limit of the API, per token or, without one, per address.

Answers state it in the fields of draft-ietf-httpapi-ratelimit-headers-10.
"""

import functools
import math

from django.conf import settings
from django.utils.translation import gettext as _

from ..limits.callers import caller, token_of
from ..limits.rates import WINDOW_S, charged, uncounted_while_away
from .problems import Problem


def limited(view):
    """Limit the calls per minute of a token, or of an address without one."""

    @functools.wraps(view)
    def limiting(request, *args, **kwargs):
        rate = calls_per_minute(request)
        with uncounted_while_away():
            request.charged = charged(caller(request), rate)
            if wait_s := request.charged.wait_s:
                raise too_many_calls(rate, math.ceil(wait_s))
        return view(request, *args, **kwargs)

    return limiting


def state_rate_limit(request, response):
    """Tell a caller the rate limit, how many calls are left, and when all are again."""
    if count := getattr(request, "charged", None):
        policy = '"token"' if token_of(request) else '"address"'
        rate, restored_s = calls_per_minute(request), math.ceil(count.restored_s)
        response["RateLimit-Policy"] = f"{policy};q={rate};w={WINDOW_S}"
        response["RateLimit"] = f"{policy};r={count.left};t={restored_s}"


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
