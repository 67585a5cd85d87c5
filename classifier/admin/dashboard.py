"""The figures of the uploads, the spool and Cassandra on the admin's first page."""

import datetime
import time
from dataclasses import dataclass

from django.urls import reverse

from .. import history
from ..cassandra_admin import histogram
from ..exceptions import HistoryUnavailable
from ..spool.models import WaitingUpload
from .choices import class_names

DAYS = 30


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures; without Cassandra only those of the spool."""

    waiting: int
    first: datetime.date
    last: datetime.date
    summary: history.Summary | None = None
    latency_ms: float | None = None

    @property
    def days(self):
        return DAYS

    @property
    def bars(self):
        """Return a bar for each day, linked to the list of that day."""
        uploads = reverse("admin:classifier_upload_changelist")
        return histogram.bars(
            self.summary.per_day, self.first, self.last, f"{uploads}?day={{}}".format
        )

    @property
    def classes(self):
        """Return (class name, uploads, share of the largest class), largest first."""
        per_class = sorted(
            self.summary.per_class.items(), key=lambda pair: pair[1], reverse=True
        )
        most = max(1, per_class[0][1]) if per_class else 1
        return [(name, count, max(0, count) / most) for name, count in per_class]


def read_dashboard():
    """Return the figures of the past days, at a constant cost."""
    waiting = WaitingUpload.objects.count()
    today = datetime.datetime.now(datetime.UTC).date()
    first = today - datetime.timedelta(DAYS - 1)
    started = time.perf_counter()
    try:
        summary = history.summarize(first, today, class_names())
    except HistoryUnavailable:
        return Dashboard(waiting, first, today)
    latency_ms = (time.perf_counter() - started) * 1000
    return Dashboard(waiting, first, today, summary, latency_ms)
