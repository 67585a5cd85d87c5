"""Rate limits, counted over all processes in the default database.

The generic cell rate algorithm (ITU-T I.371, annex A): each call moves the time until
which a caller's allowance is used up, and a caller may be a minute ahead. So one row
and one write per call are enough, and there is no full minute to wait for.
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
    """Use up some of what a caller may have; return the seconds to wait, 0 if allowed.

    Args:
        caller: whose allowance it is.
        rate: what it has in a window, in calls, bytes or whatever is counted.
        window_s: the seconds in which all of it comes back.
        amount: how much of it to use up, all or nothing.
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
    """Return for how long a caller has nothing left, 0 where it has something."""
    now = time.time()
    if usage := Usage.objects.filter(caller=caller).first():
        used_until = _used_until(usage, now, rate, window_s) + window_s / rate
        return max(0, used_until - now - window_s)
    return 0


def _used_until(usage, now, rate, window_s):
    """Return the time by a clock that is right: a wrong one may have been far ahead."""
    most_calls = 1 + settings.DATA_UPLOAD_MAX_NUMBER_FILES  # one call may count as many
    latest = now + window_s + most_calls * window_s / rate
    is_possible = now <= usage.used_until <= latest
    return usage.used_until if is_possible else now


def charge_more(caller, rate, calls):
    """Use up further calls without asking: the ones after this wait for them."""
    more_s = calls * WINDOW_S / rate
    with uncounted_while_away():
        Usage.objects.filter(caller=caller).update(used_until=F("used_until") + more_s)


@contextmanager
def uncounted_while_away():
    """Go on without a count where the default database takes none."""
    try:
        yield
    except DatabaseError as error:
        logger.warning("Calls are not counted: %s", error)
