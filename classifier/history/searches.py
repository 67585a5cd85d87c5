"""Searches for a SHA-256, a file name or its beginning, by the look-up tables."""

from .. import timeuuid
from . import days, lookups, records, shards

MAX_EXAMINED = 500
"""Uploads that a search with further filters looks at for one page."""

SELECT = """\
SELECT id, shard FROM upload_by_{0}
WHERE {0} = ? AND year = ? AND id > ? AND id < ? ORDER BY id {1} LIMIT ?"""
NEWEST_FIRST = "DESC"
OLDEST_FIRST = "ASC"


def newest(low, high, filters, limit):
    """Return the newest matches between two ids, and the id to resume at, or None."""
    years = reversed(_years(low, high))
    return _search(NEWEST_FIRST, years, low, high, filters, limit)


def oldest(low, high, filters, limit):
    """Return the oldest matches between two ids, and the id to resume at, or None."""
    return _search(OLDEST_FIRST, _years(low, high), low, high, filters, limit)


def _search(order, years, low, high, filters, limit):
    rows, examined = [], 0
    for year in years:
        while keys := _keys(order, year, low, high, filters, limit):
            found = records.read_rows(keys)
            rows += [row for row in found if _matches(row, filters)]
            examined += len(keys)
            last = keys[-1][-1]
            if len(rows) >= limit:
                return rows[:limit], None
            if examined >= MAX_EXAMINED:
                return rows, last
            low, high = (low, last) if order == NEWEST_FIRST else (last, high)
    return rows, None


def _keys(order, year, low, high, filters, limit):
    """Return the primary keys of the next uploads in the look-up table."""
    column, value = next(iter(filters.searched.items()))
    values = (lookups.key(column, value), year, low, high, limit)
    newest_first = order == NEWEST_FIRST
    rows = shards.read(SELECT.format(column, order), *values, newest_first=newest_first)
    return [(timeuuid.day_of(row["id"]), row["shard"], row["id"]) for row in rows]


def _years(low, high):
    """Return the years with uploads between two ids."""
    first, last = timeuuid.day_of(low), timeuuid.day_of(high)
    oldest = days.oldest(first, last, 1)
    newest = days.newest(last, first, 1)
    if not oldest or not newest:
        return range(0)
    return range(oldest[0][0].year, newest[0][0].year + 1)


def _matches(row, filters):
    """Tell whether a row from one look-up passes the other filters, too."""
    return all(row[name] == value for name, value in filters.indexed.items()) and all(
        lookups.is_match(name, value, row) for name, value in filters.searched.items()
    )
