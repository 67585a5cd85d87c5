"""Counters of uploads per day and kind, at a constant cost.

Counters are not idempotent: a lost answer makes one off by one, so the figures are
approximate until `manage.py recount` compares them with the uploads.
"""

import logging
import threading
from collections import Counter, defaultdict

from deewhy.background import repeat
from deewhy.cassandra import session

UPLOADS = "uploads"
UNSURE = "unsure"
CORRECTED = "corrected"  # reviewed, including confirmations
RIGHT = "right"  # reviewed, and the network was right
OPEN_UNSURE = "open:unsure"  # not reviewed yet
OPEN_DISPUTED = "open:disputed"
MEASURES = (UPLOADS, UNSURE, CORRECTED, RIGHT, OPEN_UNSURE, OPEN_DISPUTED)

ADD = """\
UPDATE upload_count SET total = total + ? WHERE year = ? AND measure = ? AND day = ?"""
SELECT = """\
SELECT day, total FROM upload_count
WHERE year = ? AND measure = ? AND day >= ? AND day <= ? ORDER BY day DESC LIMIT 366"""

ADD_EVERY_S = 0.5

logger = logging.getLogger(__name__)


def of(upload):
    """Return an upload's contribution to the counts of its day, by measure."""
    return Counter(
        {
            UPLOADS: 1,
            of_class(upload.class_name): 1,
            UNSURE: int(not upload.is_sure),
            CORRECTED: int(upload.is_corrected),
            RIGHT: int(upload.corrected_class_name == upload.class_name),
            OPEN_UNSURE: int(not upload.is_sure and not upload.is_corrected),
            OPEN_DISPUTED: int(bool(upload.is_disputed) and not upload.is_corrected),
        }
    )


def of_class(class_name):
    """Return the measure for a class."""
    return f"class:{class_name}"


def add(day, change):
    """Add to the counts of a day; a failure is only logged: the row is written."""
    try:
        session.execute_all(
            (ADD, (number, day.year, measure, day))
            for measure, number in change.items()
            if number
        )
    except session.UNAVAILABLE as error:
        logger.warning("The counts of %s may be off: %s", day, session.describe(error))


class _Pending:
    """The changes of the last moment in a serving process, by day."""

    def __init__(self):
        self.lock = threading.Lock()
        self.by_day = defaultdict(Counter)
        self.is_on = False

    def take(self):
        """Return the pending changes, and forget them."""
        with self.lock:
            taken, self.by_day = self.by_day, defaultdict(Counter)
        return taken


_pending = _Pending()


def start():
    """Add the counts of uploads together from now on; called in serving processes."""
    _pending.is_on = True
    repeat(flush, name="counts of uploads", every_s=ADD_EVERY_S)


def add_soon(day, change):
    """Add to the counts of a day, with those of other uploads if the process serves.

    A counter costs Cassandra more than a row; a killed process loses those of half a
    second.
    """
    if not _pending.is_on:
        return add(day, change)
    with _pending.lock:
        _pending.by_day[day].update(change)


def flush():
    """Add the pending counts."""
    for day, change in _pending.take().items():
        add(day, change)


def per_day(measures, first, last):
    """Return {measure: {day: total}} of a range of days, by one read per year."""
    years = range(first.year, last.year + 1)
    sent = {
        (measure, year): session.execute_async(SELECT, (year, measure, first, last))
        for measure in measures
        for year in years
    }
    return {
        measure: {
            row["day"].date(): row["total"]
            for year in years
            for row in sent[measure, year].result()
            if row["total"]
        }
        for measure in measures
    }


def negative(counter):
    """Return the counts with inverted signs, for a subtraction."""
    return Counter({measure: -number for measure, number in counter.items()})


def difference(new, old):
    """Return the change from old counts to new ones."""
    return Counter({name: new[name] - old[name] for name in new.keys() | old.keys()})
