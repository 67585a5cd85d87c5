"""Uploads between two ids, day by day, until there are enough or it costs too much."""

import datetime
import uuid
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from .. import timeuuid
from . import days, partitions, searches

MAX_PARTITIONS = 64
"""Partitions that one page reads at most; a rarer filter goes on on the next page."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What was found, and the bound of what was read if there may be more beyond."""

    rows: list[dict]
    stopped_at: uuid.UUID | None = None


def older(low, high, filters, limit):
    """Walk from the newest upload below an id back to another id."""
    if filters.searched:
        return Walk(*searches.newest(low, high, filters, limit))
    listed = days.newest(
        timeuuid.day_of(high), timeuuid.day_of(low), MAX_PARTITIONS + 1
    )
    return _walk(partitions.read_newest, listed, low, high, filters, limit, 0)


def newer(low, high, filters, limit):
    """Walk from the oldest upload above an id on to another id."""
    if filters.searched:
        return Walk(*searches.oldest(low, high, filters, limit))
    listed = days.oldest(
        timeuuid.day_of(low), timeuuid.day_of(high), MAX_PARTITIONS + 1
    )
    return _walk(partitions.read_oldest, listed, low, high, filters, limit, 1)


def _walk(read, listed, low, high, filters, limit, far_side):
    """Read day by day, more at once while they yield little, until there are enough.

    `far_side` is 0 where the walk leaves a day at its start, 1 where at its end.
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
        return Walk(rows[:limit])
    last = affordable[-1][0] + datetime.timedelta(far_side)
    return Walk(rows, timeuuid.start_of(last))


def _affordable(listed):
    """Return the days whose partitions one page may read; always the first."""
    totals = accumulate(map(itemgetter(1), listed))
    return listed[: max(1, sum(total <= MAX_PARTITIONS for total in totals))]


def _next_wave(at_once, done, found, limit):
    """Return how many days to read next: what is likely to do, at most twice as many.

    Reading them one after another would add up their answers' delays.
    """
    likely = (limit - found) * done // max(1, found) + 1
    return min(2 * at_once, likely)
