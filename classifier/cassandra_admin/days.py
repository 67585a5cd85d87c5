"""Days in addresses: read from text, and where they begin for the reader."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from .exceptions import InvalidLookup

FIRST_YEAR, LAST_YEAR = 1970, 2999


def parse(text):
    """Return the date that a text says, as 2026-11-23."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidLookup(
            _("“%(text)s” is not a day; write it like 2026-11-23.") % {"text": text}
        ) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidLookup(
            _("The year must be between %(first)d and %(last)d.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return day


def ago(days):
    """Return the date so many days before the reader's today."""
    return timezone.localdate() - datetime.timedelta(days)


def start(day):
    """Return the aware time at which a day begins in the reader's zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def end(day):
    """Return the aware time at which the next day begins, also where clocks change."""
    return start(day + datetime.timedelta(1))
