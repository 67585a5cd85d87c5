"""What the admin's first page says of the uploads, the spool and Cassandra."""

import datetime
import time
from dataclasses import dataclass

from .. import history
from ..exceptions import HistoryUnavailable
from ..spool.models import WaitingUpload
from .choices import class_names

DAYS = 30


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures; without Cassandra those of the spool alone."""

    waiting: int
    summary: history.Summary | None = None
    latency_ms: float | None = None

    @property
    def days(self):
        return DAYS

    @property
    def classes(self):
        """Return (class name, uploads, share of the commonest), commonest first."""
        per_class = sorted(
            self.summary.per_class.items(), key=lambda pair: pair[1], reverse=True
        )
        most = max(1, per_class[0][1]) if per_class else 1
        return [(name, count, max(0, count) / most) for name, count in per_class]


def read_dashboard():
    """Return the figures of the past days; they cost the same at any size."""
    waiting = WaitingUpload.objects.count()
    today = datetime.datetime.now(datetime.UTC).date()
    first = today - datetime.timedelta(DAYS - 1)
    started = time.perf_counter()
    try:
        summary = history.summarize(first, today, class_names())
    except HistoryUnavailable:
        return Dashboard(waiting)
    latency_ms = (time.perf_counter() - started) * 1000
    return Dashboard(waiting, summary, latency_ms)
