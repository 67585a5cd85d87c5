"""The uploads of one day between two ids, merged over its shards.

Every statement names its whole partition key and has a limit. Cassandra keeps rows
newest first, and reads them in no other order if an index takes part. Partial rows
(`records.is_upload`) are skipped, and the read goes on behind them.
"""

import datetime
import heapq
from functools import lru_cache
from itertools import islice

from deewhy.cassandra import session

from .. import timeuuid
from .records import COLUMNS, is_upload

FIRST_SHARE = 16  # of a day; matching rows are seldom spread further
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
    sent = _send(_select(()), (day, shard, low, high, limit))
    return _receive(sent, newest_first=True)


def _search_oldest(day, low, high, filters, limit):
    """Return the oldest rows through windows that are read newest first.

    A window with too many rows is narrowed, otherwise the next one is widened, so the
    number of reads grows with the logarithm of the number of rows.
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
    """Return the positions of two ids, so that a window is a share of one day."""
    first = timeuuid.order(timeuuid.start_of(day)) - 1
    last = timeuuid.order(timeuuid.start_of(day + datetime.timedelta(1)))
    return max(timeuuid.order(low), first), min(timeuuid.order(high), last)


def _read(cql, days, values, limit, *, newest_first):
    """Query all shards of all days at once, then merge the shards of each day."""
    sent = [
        [_send(cql, (day, shard, *values)) for shard in range(shards)]
        for day, shards in days
    ]
    return [
        _merge([_receive(one, newest_first) for one in shards], limit, newest_first)
        for shards in sent
    ]


def _send(cql, values):
    return cql, values, session.execute_async(cql, values)


def _receive(sent, newest_first):
    """Return the uploads of one shard; partial rows leave no gaps."""
    cql, values, future = sent
    *place, low, high, limit = values[:4] + values[-1:]
    rows = future.result().all()
    found = [row for row in rows if is_upload(row)]
    while len(rows) == limit and len(found) < limit:
        last = rows[-1]["id"]
        low, high = (low, last) if newest_first else (last, high)
        values = (*place, low, high, *values[4:])
        rows = session.execute(cql, values).all()
        found += [row for row in rows if is_upload(row)]
    return found[:limit]


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
