"""Keyset pages, newest first, at a cost independent of the number of uploads."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from .. import timeuuid
from ..models import Upload
from . import cursors, scans
from .cursors import NEXT, PREVIOUS, Cursor
from .driver_errors import answering, answering_all
from .filters import Filters

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some uploads, newest first, and the tokens of the neighbouring pages.

    A token is None at the end of the list. `looked_back_to` is the last day read if the
    page is not full although older uploads may match, else None.
    """

    rows: list[Upload]
    next_cursor: str | None
    previous_cursor: str | None
    looked_back_to: datetime.date | None = None


@answering
def page(
    filters: Filters | None = None,
    *,
    cursor: str | None = None,
    before: datetime.datetime | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return a page of uploads.

    Args:
        filters: narrow the list; default: all uploads.
        cursor: token from another page with the same filters.
        before: aware time; without a cursor the page begins with the newest upload
            before it, for a jump to a day.
        size: the largest number of rows.

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
    scan = scans.older(filters.low, start, filters, size + 1)
    rows = scan.rows[:size]
    end = rows[-1]["id"] if len(scan.rows) > size else scan.resume_at
    newest = rows[0]["id"] if rows else start
    return Page(
        rows=[Upload(**row) for row in rows],
        next_cursor=end and Cursor(NEXT, end).token(filters),
        previous_cursor=Cursor(PREVIOUS, newest).token(filters) if has_newer else None,
        looked_back_to=timeuuid.day_of(scan.resume_at) if scan.resume_at else None,
    )


def _page_before(end, filters, size):
    """Return the page of the oldest uploads above an id.

    If they are fewer than a page, return the first page, which is full.
    """
    scan = scans.newer(end, filters.high, filters, size + 1)
    if len(scan.rows) <= size and not scan.resume_at:
        return _page_after(filters.high, filters, size, has_newer=False)
    rows = scan.rows[:size][::-1]
    newest = rows[0]["id"] if len(scan.rows) > size else scan.resume_at
    oldest = rows[-1]["id"] if rows else scan.resume_at
    return Page(
        rows=[Upload(**row) for row in rows],
        next_cursor=Cursor(NEXT, oldest).token(filters),
        previous_cursor=Cursor(PREVIOUS, newest).token(filters),
    )


def _is_any_above(start, filters):
    scan = scans.newer(start, filters.high, filters, 1)
    return bool(scan.rows or scan.resume_at)


@answering
def neighbours(
    upload: Upload, filters: Filters | None = None
) -> tuple[Upload | None, Upload | None]:
    """Return the uploads before and after one in the list: (newer, older), or None."""
    filters = filters or Filters()
    above = scans.newer(upload.id, filters.high, filters, 1)
    below = scans.older(filters.low, upload.id, filters, 1)
    return _first(above), _first(below)


def _first(scan):
    return Upload(**scan.rows[0]) if scan.rows else None


@answering_all
def everything(filters: Filters | None = None, *, size: int = 500) -> Iterator[Upload]:
    """Yield every matching upload, newest first, with one page in memory."""
    filters = filters or Filters()
    high = filters.high
    while high:
        scan = scans.older(filters.low, high, filters, size)
        yield from (Upload(**row) for row in scan.rows)
        is_full = len(scan.rows) == size
        high = scan.rows[-1]["id"] if is_full else scan.resume_at
