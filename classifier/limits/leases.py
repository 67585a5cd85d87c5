"""Leases in the default database, whichever machine's clock is wrong."""

from django.db.models import Q
from django.utils import timezone


def has_ended(field, duration):
    """Return the condition that a lease has ended.

    One that ends further away than a lease lasts was taken by a clock that is wrong,
    or before the clock was set back, and binds nobody.

    Args:
        field: the column with the time until which the lease lasts.
        duration: how long a lease lasts at most.
    """
    now = timezone.now()
    return Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + duration})
