"""Leases in the default database that survive wrong clocks."""

from django.db.models import Q
from django.utils import timezone


def has_ended(field, duration):
    """Return the condition that a lease has ended.

    A lease that ends further away than its longest duration was taken by a wrong clock,
    or before the clock was set back, so it counts as ended.

    Args:
        field: the column with the end of the lease.
        duration: the longest duration of a lease.
    """
    now = timezone.now()
    return Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + duration})
