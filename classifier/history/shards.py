"""Reads of single partitions, which no number of deleted rows can stop.

A statement that reads too many tombstones is repeated for parts of its ids.
"""

import datetime

from cassandra import ReadFailure

from deewhy.cassandra import session

from .. import timeuuid

PARTS = 8
TOO_MANY = "READ_TOO_MANY_TOMBSTONES"


def send(cql, *values):
    """Send a statement about a partition of two columns and the ids between two.

    The values are in this order, then others, then a limit.
    """
    return cql, values, session.execute_async(cql, values)


def receive(sent, *, newest_first=True):
    """Return the rows, and whether reading them met many tombstones."""
    cql, values, future = sent
    try:
        rows = future.result().all()
    except ReadFailure as error:
        if TOO_MANY not in str(error):
            raise
        return _in_parts(cql, values, newest_first), True
    return rows, any("tombstone" in text for text in future.warnings or ())


def read(cql, *values, newest_first=True):
    """Return the rows of a statement."""
    return receive(send(cql, *values), newest_first=newest_first)[0]


def _in_parts(cql, values, newest_first):
    *partition, low, high = values[:4]
    *more, limit = values[4:]
    low, high = _narrowed(partition, low, high)
    first, end = timeuuid.order(low), timeuuid.order(high)
    size = -(-(end - first) // PARTS)
    parts = [
        (timeuuid.at_order(start), timeuuid.at_order(min(start + size + 1, end)))
        for start in range(first, end, size)
    ]
    rows = []
    for bounds in reversed(parts) if newest_first else parts:
        if len(rows) < limit:
            values = (*partition, *bounds, *more, limit - len(rows))
            rows += read(cql, *values, newest_first=newest_first)
    return rows


def _narrowed(partition, low, high):
    """Return the bounds inside of a partition of (day, shard) or of (text, year)."""
    day, year = partition
    if isinstance(day, datetime.date):
        return timeuuid.narrowed_to(day, low, high)
    first, following = datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)
    return timeuuid.narrowed_to(first, low, high, following=following)
