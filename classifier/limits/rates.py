"""Rate limits, counted over all processes in the default database.

The generic cell rate algorithm (ITU-T I.371, annex A): each call moves the time until
which a caller's rate limit is used up, and that may be up to a window ahead. So one row
and one write per call are enough, and there is no fixed window to wait for.
"""

import logging
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F

from .models import Usage

logger = logging.getLogger(__name__)

WINDOW_S = 60


def charge(caller, rate, window_s=WINDOW_S, amount=1):
    """Use up a part of a caller's rate limit; return the seconds to wait, 0 if allowed.

    Args:
        caller: the name of the caller.
        rate: the limit in a window, in calls, bytes or another unit.
        window_s: the seconds in which the whole limit is restored.
        amount: the part to use up, all or nothing.
    """
    now = time.time()
    with transaction.atomic():
        usage, is_new = Usage.objects.select_for_update().get_or_create(
            caller=caller, defaults={"used_until": now}
        )
        used_until = _used_until(usage, now, rate, window_s)
        used_until += amount * window_s / rate
        if used_until > now + window_s:
            return used_until - now - window_s
        usage.used_until = used_until
        usage.save(update_fields=["used_until"])
    if is_new:
        Usage.objects.filter(used_until__lt=now).delete()
    return 0


def seconds_to_wait(caller, rate, window_s=WINDOW_S):
    """Return the seconds until a caller may go on, 0 if it may now."""
    now = time.time()
    if usage := Usage.objects.filter(caller=caller).first():
        used_until = _used_until(usage, now, rate, window_s) + window_s / rate
        return max(0, used_until - now - window_s)
    return 0


def _used_until(usage, now, rate, window_s):
    """Return the stored time, or now if only a wrong clock could have stored it."""
    most_calls = 1 + settings.DATA_UPLOAD_MAX_NUMBER_FILES  # the largest call
    latest = now + window_s + most_calls * window_s / rate
    is_possible = now <= usage.used_until <= latest
    return usage.used_until if is_possible else now


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
