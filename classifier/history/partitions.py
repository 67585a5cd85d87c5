"""The uploads of one day between two ids, merged over its shards.

Every statement names its whole partition key and has a limit. Cassandra keeps rows
newest first, and where an index takes part it reads them in no other order.
"""

import datetime
import heapq
from functools import lru_cache
from itertools import islice

from deewhy import cassandra_session

from .. import timeuuid
from .records import COLUMNS

FIRST_SHARE = 16  # of a day; the rows wanted are seldom spread over more
GROWTH = 4
NARROWEST = 2  # bounds are exclusive, so this window holds one id


def read_newest(days, low, high, filters, limit):
    """Return for each (day, shards) its newest rows between two ids, newest first."""
    cql = _select(tuple(filters.indexed))
    values = (low, high, *filters.indexed.values(), limit)
    return _read(cql, days, values, limit, newest_first=True)


def read_oldest(days, low, high, filters, limit):
    """Return for each (day, shards) its oldest rows between two ids, oldest first."""
    if not filters.indexed:
        cql = _select((), "ORDER BY id ASC ")
        return _read(cql, days, (low, high, limit), limit, newest_first=False)
    found = read_newest(days, low, high, filters, limit + 1)
    return [
        rows[::-1]
        if len(rows) <= limit
        else _search_oldest(day, low, high, filters, limit)
        for day, rows in zip(days, found, strict=True)
    ]


def read_shard(day, shard, low, high, limit):
    """Return the newest rows of one partition between two ids, newest first."""
    values = (day, shard, low, high, limit)
    return cassandra_session.execute(_select(()), values).all()


def _search_oldest(day, low, high, filters, limit):
    """Return the oldest rows through windows that are read newest first.

    A window with more than is wanted is narrowed, else the next one is widened, so
    the number of reads grows with the logarithm of what the day holds.
    """
    start, end = _narrow_to_day(day[0], low, high)
    width = (end - start) // FIRST_SHARE
    rows = []
    while start < end and len(rows) < limit:
        wanted = limit - len(rows)
        bounds = timeuuid.at_order(start), timeuuid.at_order(min(start + width, end))
        [found] = read_newest([day], *bounds, filters, wanted + 1)
        if len(found) > wanted:
            width = max(NARROWEST, width // GROWTH)
        else:
            rows += reversed(found)
            start += width - 1
            width *= GROWTH
    return rows


def _narrow_to_day(day, low, high):
    """Return two ids' places in the order, so that a window is a share of one day."""
    first = timeuuid.order(timeuuid.start_of(day)) - 1
    last = timeuuid.order(timeuuid.start_of(day + datetime.timedelta(1)))
    return max(timeuuid.order(low), first), min(timeuuid.order(high), last)


def _read(cql, days, values, limit, *, newest_first):
    """Ask all shards of all days at once, then merge the shards of each day."""
    sent = [
        [
            cassandra_session.execute_async(cql, (day, shard, *values))
            for shard in range(shards)
        ]
        for day, shards in days
    ]
    return [
        _merge([future.result().all() for future in futures], limit, newest_first)
        for futures in sent
    ]


def _merge(shards, limit, newest_first):
    def order(row):
        return timeuuid.order(row["id"])

    return list(islice(heapq.merge(*shards, key=order, reverse=newest_first), limit))


@lru_cache
def _select(indexed, order=""):
    conditions = "".join(f"AND {name} = ? " for name in indexed)
    return (
        f"SELECT {', '.join(COLUMNS)} FROM upload WHERE day = ? AND shard = ? "
        f"AND id > ? AND id < ? {conditions}{order}LIMIT ?"
    )
