"""How often a caller may call, counted over all processes in the default database.

The generic cell rate algorithm (ITU-T I.371, annex A): each call moves the time until
which a caller's allowance is used up, and a caller may be a minute ahead. So one row
and one write per call are enough, and there is no full minute to wait for.
"""

import functools
import logging
import math
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ..limits.callers import caller, token_of
from .models import Allowance
from .problems import Problem

logger = logging.getLogger(__name__)

WINDOW_S = 60


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


def charge(caller, rate, window_s=WINDOW_S, amount=1):
    """Use up some of what a caller may have; return the seconds to wait, 0 if allowed.

    Args:
        caller: whose allowance it is.
        rate: what it has in a window, in calls, bytes or whatever is counted.
        window_s: the seconds in which all of it comes back.
        amount: how much of it to use up, all or nothing.
    """
    now = time.time()
    with transaction.atomic():
        allowance, is_new = Allowance.objects.select_for_update().get_or_create(
            caller=caller, defaults={"used_until": now}
        )
        used_until = _used_until(allowance, now, rate, window_s)
        used_until += amount * window_s / rate
        if used_until > now + window_s:
            return used_until - now - window_s
        allowance.used_until = used_until
        allowance.save(update_fields=["used_until"])
    if is_new:
        Allowance.objects.filter(used_until__lt=now).delete()
    return 0


def seconds_to_wait(caller, rate, window_s=WINDOW_S):
    """Return for how long a caller has nothing left, 0 where it has something."""
    now = time.time()
    if allowance := Allowance.objects.filter(caller=caller).first():
        used_until = _used_until(allowance, now, rate, window_s) + window_s / rate
        return max(0, used_until - now - window_s)
    return 0


def _used_until(allowance, now, rate, window_s):
    """Return the time by a clock that is right: a wrong one may have been far ahead."""
    most_calls = 1 + settings.DATA_UPLOAD_MAX_NUMBER_FILES  # one call may count as many
    latest = now + window_s + most_calls * window_s / rate
    is_possible = now <= allowance.used_until <= latest
    return allowance.used_until if is_possible else now


def charge_more(caller, rate, calls):
    """Use up further calls without asking: the ones after this wait for them."""
    more_s = calls * WINDOW_S / rate
    with uncounted_while_away():
        Allowance.objects.filter(caller=caller).update(
            used_until=F("used_until") + more_s
        )


@contextmanager
def uncounted_while_away():
    """Go on without a count where the default database takes none."""
    try:
        yield
    except DatabaseError as error:
        logger.warning("Calls are not counted: %s", error)


def too_many_calls(rate, wait_s):
    """Return the problem of a caller over its rate, with the seconds to wait."""
    detail = _("At most %(rate)d calls a minute are accepted. Wait %(wait)d s.")
    return Problem(
        "too-many-calls",
        detail % {"rate": rate, "wait": wait_s},
        {"Retry-After": str(wait_s)},
    )
