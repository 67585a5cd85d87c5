"""Days in addresses: their text, and their bounds in the reader's time zone."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from .exceptions import InvalidLookup

FIRST_YEAR, LAST_YEAR = 1970, 2999


def parse(text):
    """Return the date in a text such as 2026-11-23."""
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
    """Return the date some days before today in the reader's time zone."""
    return timezone.localdate() - datetime.timedelta(days)


def start(day):
    """Return the aware time at which a day begins in the reader's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def end(day):
    """Return the aware start of the next day, also where daylight saving changes it."""
    return start(day + datetime.timedelta(1))
