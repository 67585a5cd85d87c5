"""Records per day as bars that lead to their day."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

DAYS = 60
AFTER = 15  # days after the selected one


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the histogram, in units of one day's width and the full height."""

    day: datetime.date
    count: int
    x: int
    y: str
    height: str
    link: str

    @property
    def title(self):
        """The day and its count in words."""
        about = _("about %(count)s") % {"count": self.count}
        return f"{date_format(self.day)}: {about}"


def window(day=None):
    """Return the first and the last day to show, around a day or up to today."""
    last = timezone.localdate()
    if day:
        last = min(last, day + datetime.timedelta(AFTER))
    return last - datetime.timedelta(DAYS - 1), last


def bars(counts, first, last, link_to):
    """Return a bar for each day of a range, the highest as high as the picture."""
    highest = max(counts.values(), default=0) or 1
    shown = []
    for x in range((last - first).days + 1):
        day = first + datetime.timedelta(x)
        count = max(0, counts.get(day, 0))
        height = count / highest
        # As text, because SVG reads no decimal comma.
        shown.append(
            Bar(day, count, x, f"{1 - height:.3f}", f"{height:.3f}", link_to(day))
        )
    return shown
