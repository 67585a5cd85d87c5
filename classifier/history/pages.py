"""Keyset pages, newest first: what one costs does not depend on how many there are."""

import datetime
from dataclasses import dataclass
from itertools import accumulate, islice
from operator import itemgetter

from .. import timeuuid
from ..models import Upload
from . import cursors, days, partitions
from .cursors import NEXT, PREVIOUS, Cursor
from .filters import Filters

PAGE_SIZE = 50
MAX_PARTITIONS = 64
"""Partitions that one page reads at most; a rarer filter goes on on the next page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some uploads, newest first, and the tokens of the pages around them.

    A token is None where the list ends. `looked_back_to` is the last day that was
    read where the page is not full although older uploads may match, else None.
    """

    rows: list[Upload]
    next_cursor: str | None
    previous_cursor: str | None
    looked_back_to: datetime.date | None = None


def page(filters=None, *, cursor=None, before=None, size=PAGE_SIZE):
    """Return a page of uploads.

    Args:
        filters: what to narrow the list to; all uploads without.
        cursor: token from another page with the same filters.
        before: aware time; without a cursor the page begins with the newest upload
            before it, which is how to jump to a day.
        size: the most rows on the page.

    Raises:
        InvalidCursor: the token is forged, too old or of other filters.
    """
    filters = filters or Filters()
    if cursor:
        place = cursors.read(cursor, filters)
        if place.direction == PREVIOUS:
            return _page_before(place.id, filters, size)
        return _page_after(place.id, filters, size, has_newer=True)
    if before:
        start = min(timeuuid.lower_bound(before), filters.high, key=timeuuid.order)
        return _page_after(
            start, filters, size, has_newer=_is_any_above(start, filters)
        )
    return _page_after(filters.high, filters, size, has_newer=False)


def _page_after(start, filters, size, *, has_newer):
    """Return the page of the newest uploads below an id."""
    walk = _walk_older(filters.low, start, filters, size + 1)
    rows = walk.rows[:size]
    end = rows[-1]["id"] if len(walk.rows) > size else walk.stopped_at
    newest = rows[0]["id"] if rows else start
    return Page(
        rows=[Upload(**row) for row in rows],
        next_cursor=end and Cursor(NEXT, end).token(filters),
        previous_cursor=Cursor(PREVIOUS, newest).token(filters) if has_newer else None,
        looked_back_to=timeuuid.day_of(walk.stopped_at) if walk.stopped_at else None,
    )


def _page_before(end, filters, size):
    """Return the page of the oldest uploads above an id.

    Where they are fewer than a page, it is the first page, which is full.
    """
    walk = _walk_newer(end, filters.high, filters, size + 1)
    if len(walk.rows) <= size and not walk.stopped_at:
        return _page_after(filters.high, filters, size, has_newer=False)
    rows = walk.rows[:size][::-1]
    newest = rows[0]["id"] if len(walk.rows) > size else walk.stopped_at
    oldest = rows[-1]["id"] if rows else walk.stopped_at
    return Page(
        rows=[Upload(**row) for row in rows],
        next_cursor=Cursor(NEXT, oldest).token(filters),
        previous_cursor=Cursor(PREVIOUS, newest).token(filters),
    )


def _is_any_above(start, filters):
    walk = _walk_newer(start, filters.high, filters, 1)
    return bool(walk.rows or walk.stopped_at)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What was found, and the bound of what was read if there may be more beyond."""

    rows: list[dict]
    stopped_at: object = None


def _walk_older(low, high, filters, limit):
    listed = days.newest(
        timeuuid.day_of(high), timeuuid.day_of(low), MAX_PARTITIONS + 1
    )
    return _walk(partitions.read_newest, listed, low, high, filters, limit, 0)


def _walk_newer(low, high, filters, limit):
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
        wanted = limit - len(rows)
        for found in read(wave, low, high, filters, wanted):
            rows += found
        done += len(wave)
        at_once = _next_wave(at_once, done, len(rows), limit)
    if len(rows) >= limit or done == len(listed):
        return _Walk(rows[:limit])
    last = affordable[-1][0] + datetime.timedelta(far_side)
    return _Walk(rows, timeuuid.start_of(last))


def _affordable(listed):
    """Return the days whose partitions one page may read; always the first."""
    total = accumulate(map(itemgetter(1), listed))
    within = sum(partitions <= MAX_PARTITIONS for partitions in total)
    return list(islice(listed, max(1, within)))


def _next_wave(at_once, done, found, limit):
    """Return how many days to read next: what is likely to do, at most twice as many.

    Reading them one after another would add up their answers' delays.
    """
    likely = (limit - found) * done // max(1, found) + 1
    return min(2 * at_once, likely)
