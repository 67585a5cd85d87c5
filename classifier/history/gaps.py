"""Gaps: stretches of a day whose uploads are all deleted, so that lists skip them.

Cassandra keeps a tombstone of each deleted row for days, and a read of 100,000 of them
fails. A gap is the space between the ids of two uploads that follow each other.

An upload that arrives late, from the spool, may fall into a gap. It is written first,
and then ends the generation of gaps of its day. A gap is written first, and then its
space is read again. So one of both sees the other, in any order.
"""

import datetime
import time
import uuid
from itertools import pairwise

from deewhy.cassandra import session

from .. import timeuuid
from . import days
from .service import now

SCOPE = "gaps"
LISTED_FOR_S = (
    60  # a day that got its first gaps from another process is slow until then
)
MOST_DAYS = 1000
MOST_GAPS = 400  # in one read

# No gap is made of younger ids, and only older uploads look for gaps. The clocks of the
# machines may differ by what lies between.
MIN_AGE_US = 25_000_000
LATE_US = 5_000_000

SELECT = """\
SELECT generation, high, below FROM upload_gap
WHERE day = ? AND high > ? AND high <= ? ORDER BY high DESC LIMIT ?"""
SELECT_ABOVE = """\
SELECT generation, high, below FROM upload_gap
WHERE day = ? AND high > ? ORDER BY high ASC LIMIT 1"""
SELECT_GENERATION = "SELECT generation FROM upload_gap WHERE day = ? LIMIT 1"
BEGIN = "UPDATE upload_gap SET generation = ? WHERE day = ? IF generation = ?"
END = "DELETE generation FROM upload_gap WHERE day = ? IF generation = ?"
INSERT = "INSERT INTO upload_gap (day, high, below) VALUES (?, ?, ?)"
DELETE = "DELETE FROM upload_gap WHERE day = ? AND high = ?"
DELETE_ALL = "DELETE FROM upload_gap WHERE day = ? AND high > ?"


def stretches(day, top, bottom):
    """Yield the (top, bottom) of each stretch outside of gaps, newest first.

    All are positions (`timeuuid.order`) that belong to their stretch.
    """
    for gap_top, gap_bottom in _all(day, top, bottom):
        if top < bottom:
            return
        if gap_top < top:
            yield top, max(gap_top + 1, bottom)
        top = min(top, gap_bottom - 1)
    if top >= bottom:
        yield top, bottom


def has_any(day):
    """Tell whether a day has gaps, as far as this process knows."""
    return day in _listed.get()


def learn(day, live, top, bottom, read_again):
    """Make gaps of the spaces between the uploads of a stretch.

    Args:
        day: the day of the stretch.
        live: the ids of all its uploads, newest first.
        top: position of the stretch's newest id.
        bottom: position of the stretch's oldest id.
        read_again: returns the ids in the stretch at the time of the call.
    """
    top = min(top, _settled())
    places = [place for place in map(timeuuid.order, live) if place <= top]
    spaces = {
        (high - 1, low + 1)
        for high, low in pairwise([top + 1, *places, bottom - 1])
        if high - low > 1
    }
    present = set(_all(day, top, bottom))
    if not spaces - present:
        return
    _write(day, spaces - present, _generation(day) or _begin(day, None))
    inside = {gap[0] for gap in present if bottom <= gap[1] and gap[0] <= top}
    replaced = inside - {gap[0] for gap in spaces}
    session.execute_all(
        (DELETE, (day, timeuuid.at_order(gap_top + 1))) for gap_top in replaced
    )
    if not set(read_again()) <= set(live):
        forget(day)


def make_room(id):
    """Let an upload be found that was written late, if its day has gaps."""
    age_us = time.time_ns() // 1000 - timeuuid.microseconds(id)
    if 0 <= age_us < LATE_US:
        return
    forget(timeuuid.day_of(id))


def forget(day):
    """End the generation of gaps of a day."""
    if generation := _generation(day):
        _begin(day, generation)
        session.execute(DELETE_ALL, (day, timeuuid.start_of(day)))


def remove(day):
    """Remove what is kept about a day after its uploads are deleted."""
    if generation := _generation(day):
        session.execute(END, (day, generation))
        session.execute(DELETE_ALL, (day, timeuuid.start_of(day)))
        session.execute(days.DELETE, (SCOPE, day))
        _listed.days.discard(day)


def forget_listed():
    """Look up the days with gaps at the next read, as after the tables were emptied."""
    _listed.until = 0.0


def _all(day, top, bottom):
    """Yield the (top, bottom) of the gaps of a stretch, highest first."""
    low, high = timeuuid.at_order(bottom), timeuuid.at_order(top + 1)
    yield from _current(session.execute(SELECT_ABOVE, (day, high)))
    is_last = False
    while not is_last:
        rows = session.execute(SELECT, (day, low, high, MOST_GAPS)).all()
        yield from _current(rows)
        is_last = len(rows) < MOST_GAPS
        high = timeuuid.at_order(timeuuid.order(rows[-1]["high"]) - 1) if rows else high


def _current(rows):
    for row in rows:
        low, generation = row["below"]
        if generation == row["generation"]:
            yield timeuuid.order(row["high"]) - 1, timeuuid.order(low) + 1


def _write(day, gaps, generation):
    _listed.add(day)
    at = timeuuid.at_order
    session.execute_all(
        (INSERT, (day, at(t + 1), (at(b - 1), generation))) for t, b in gaps
    )


def _settled():
    """Return the position below which an upload that arrives counts as late."""
    age_us = (now() - timeuuid.EPOCH).total_seconds() * 1_000_000 - MIN_AGE_US
    moment = timeuuid.EPOCH + datetime.timedelta(microseconds=age_us)
    return timeuuid.order(timeuuid.lower_bound(moment))


def _generation(day):
    try:
        row = session.execute(SELECT_GENERATION, (day,)).one()
    except session.SchemaMissing:
        return None  # there is no table yet
    return row and row["generation"]


def _begin(day, old):
    """Begin a generation after another one, and return the one that is current."""
    new = uuid.uuid4()
    row = session.execute(BEGIN, (new, day, old)).one()
    return new if row["[applied]"] else row.get("generation")


class _Listed:
    """The days with gaps, read anew from time to time."""

    def __init__(self):
        self.days = set()
        self.until = 0.0

    def get(self):
        if time.monotonic() > self.until:
            values = (SCOPE, datetime.date.max, datetime.date.min, MOST_DAYS)
            rows = session.execute(days.SELECT_NEWEST, values)
            self.days = {row["day"].date() for row in rows}
            self.until = time.monotonic() + LISTED_FOR_S
        return self.days

    def add(self, day):
        if day not in self.days:
            session.execute(days.INSERT, (SCOPE, day, 1))
            self.days.add(day)


_listed = _Listed()
