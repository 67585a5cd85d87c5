"""Rate limits, counted over all processes in the default database.

The generic cell rate algorithm (ITU-T I.371, annex A): each call moves the time until
which a caller's rate limit is used up, and that may be up to a window ahead. So one row
and one write per call are enough, and there is no fixed window to wait for. The write
is not synced: after a power cut, some calls may be allowed once more.
"""

import logging
import math
import time
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F

from .models import Usage

logger = logging.getLogger(__name__)

WINDOW_S = 60
ROUNDING = 1e-6  # of sums of floating-point seconds


class Charged(NamedTuple):
    """What a call did to its caller's rate limit."""

    wait_s: float  # until the call would be allowed; 0: it was
    left: int  # whole units that are left
    restored_s: float  # until the whole limit is restored


def charge(caller, rate, window_s=WINDOW_S, amount=1):
    """Use up a part of a caller's rate limit; return the seconds to wait, 0 if allowed.

    Args:
        caller: the name of the caller.
        rate: the limit in a window, in calls, bytes or another unit.
        window_s: the seconds in which the whole limit is restored.
        amount: the part to use up, all or nothing.
    """
    return charged(caller, rate, window_s, amount).wait_s


def count(caller, rate, window_s=WINDOW_S, amount=1):
    """Charge a call; return the whole seconds to wait, 0 if it is allowed.

    A rate of 0 is no limit, and nothing is counted while the default database is away.
    """
    wait_s = 0
    if rate:
        with uncounted_while_away():
            wait_s = charge(caller, rate, window_s, amount)
    return math.ceil(wait_s)


def charged(caller, rate, window_s=WINDOW_S, amount=1):
    """Do the same, and return the Charged with what is left."""
    now, cost_s = time.time(), amount * window_s / rate
    latest = _latest(now, rate, window_s)
    moved = Usage.objects.advance(
        caller, cost_s, now=now, window_s=window_s, latest=latest
    )
    if moved is not None:
        left_s = max(0, now + window_s - moved)
        return Charged(0, int(left_s * rate / window_s + ROUNDING), moved - now)
    usage = Usage.objects.filter(caller=caller).first()
    used_s = _used_until(usage, now, rate, window_s) - now if usage else 0
    left = int((window_s - used_s) * rate / window_s + ROUNDING)
    return Charged(max(used_s + cost_s - window_s, 0), max(left, 0), used_s)


def seconds_to_wait(caller, rate, window_s=WINDOW_S):
    """Return the seconds until a caller may go on, 0 if it may now."""
    now = time.time()
    if usage := Usage.objects.filter(caller=caller).first():
        used_until = _used_until(usage, now, rate, window_s) + window_s / rate
        return max(0, used_until - now - window_s)
    return 0


def _used_until(usage, now, rate, window_s):
    """Return the stored time, or now if only a wrong clock could have stored it."""
    is_possible = now <= usage.used_until <= _latest(now, rate, window_s)
    return usage.used_until if is_possible else now


def _latest(now, rate, window_s):
    """Return the latest time that a right clock can have stored."""
    most_calls = 1 + settings.DATA_UPLOAD_MAX_NUMBER_FILES  # the largest call
    return now + window_s + most_calls * window_s / rate


def charge_more(caller, rate, calls):
    """Use up further calls unconditionally: the following ones wait for them."""
    more_s = calls * WINDOW_S / rate
    with uncounted_while_away():
        Usage.objects.filter(caller=caller).update(used_until=F("used_until") + more_s)


@contextmanager
def uncounted_while_away():
    """Go on without counting while the default database is away."""
    try:
        yield
    except DatabaseError as error:
        logger.warning("Calls are not counted: %s", error)
