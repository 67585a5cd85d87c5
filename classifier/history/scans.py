"""Scans: uploads between two ids, day by day, at a bounded cost."""

import datetime
import uuid
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from .. import timeuuid
from . import days, partitions, searches

MAX_PARTITIONS = 64
"""The most partitions that one page reads; a rare filter goes on with the next page."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The rows found, and the id to resume at if there may be more beyond it."""

    rows: list[dict]
    resume_at: uuid.UUID | None = None


def older(low, high, filters, limit):
    """Scan from the newest upload below an id back to another id."""
    if filters.searched:
        return Scan(*searches.newest(low, high, filters, limit))
    listed = days.newest(
        timeuuid.day_of(high), timeuuid.day_of(low), MAX_PARTITIONS + 1
    )
    return _scan(partitions.read_newest, listed, low, high, filters, limit, 0)


def newer(low, high, filters, limit):
    """Scan from the oldest upload above an id on to another id."""
    if filters.searched:
        return Scan(*searches.oldest(low, high, filters, limit))
    listed = days.oldest(
        timeuuid.day_of(low), timeuuid.day_of(high), MAX_PARTITIONS + 1
    )
    return _scan(partitions.read_oldest, listed, low, high, filters, limit, 1)


def _scan(read, listed, low, high, filters, limit, far_side):
    """Read day by day, more at once while they yield little, up to a limit of rows.

    `far_side` is 0 if the scan leaves a day at its start, 1 if at its end.
    """
    affordable = _affordable(listed)
    rows, done, at_once = [], 0, 1
    while done < len(affordable) and len(rows) < limit:
        wave = affordable[done : done + at_once]
        for found in read(wave, low, high, filters, limit - len(rows)):
            rows += found
        done += len(wave)
        at_once = _next_wave(at_once, done, len(rows), limit)
    if len(rows) >= limit or done == len(listed):
        return Scan(rows[:limit])
    last = affordable[-1][0] + datetime.timedelta(far_side)
    return Scan(rows, timeuuid.start_of(last))


def _affordable(listed):
    """Return the days within the limit of partitions; always the first day."""
    totals = accumulate(map(itemgetter(1), listed))
    return listed[: max(1, sum(total <= MAX_PARTITIONS for total in totals))]


def _next_wave(at_once, done, found, limit):
    """Return the number of days to read next: a likely one, at most twice the last.

    Reading one day after another would add up the delays of the answers.
    """
    likely = (limit - found) * done // max(1, found) + 1
    return min(2 * at_once, likely)
