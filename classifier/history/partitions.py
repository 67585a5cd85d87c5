"""The uploads of one day between two ids, merged over its shards.

Every statement names its whole partition key and has a limit. Cassandra keeps rows
newest first, and reads them in no other order if an index takes part. Partial rows
(`records.is_upload`) are skipped, and the read goes on behind them.
"""

from functools import lru_cache

from .. import timeuuid
from . import shards
from .day_reads import NAMES, Query, begin, of_shard

SELECT_KEYS = """\
SELECT id, class_name FROM upload
WHERE day = ? AND shard = ? AND id > ? AND id < ? LIMIT ?"""

FIRST_SHARE = 16  # of a day; matching rows are seldom spread further
GROWTH = 4
NARROWEST = 2  # bounds are exclusive, so this window holds one id


def read_newest(days, low, high, filters, limit):
    """Return for each (day, shards) its newest rows between two ids, newest first."""
    cql = _select(tuple(filters.indexed))
    return _read(days, Query(cql, low, high, filters.indexed, limit))


def read_oldest(days, low, high, filters, limit):
    """Return for each (day, shards) its oldest rows between two ids, oldest first."""
    if not filters.indexed:
        cql = _select((), "ORDER BY id ASC ")
        return _read(days, Query(cql, low, high, {}, limit, newest_first=False))
    found = read_newest(days, low, high, filters, limit + 1)
    return [
        rows[::-1]
        if len(rows) <= limit
        else _search_oldest(day, low, high, filters, limit)
        for day, rows in zip(days, found, strict=True)
    ]


def read_shard(day, shard, low, high, limit):
    """Return the newest rows of one partition between two ids, newest first."""
    return of_shard(Query(_select(()), low, high, {}, limit), day, shard)


def read_keys(day, shard, high, limit):
    """Return ids and classes of the newest rows below an id, partial rows, too."""
    return shards.read(SELECT_KEYS, day, shard, timeuuid.start_of(day), high, limit)


def _search_oldest(day, low, high, filters, limit):
    """Return the oldest rows through windows that are read newest first.

    A window with too many rows is narrowed, otherwise the next one is widened, so the
    number of reads grows with the logarithm of the number of rows.
    """
    start, end = map(timeuuid.order, timeuuid.narrowed_to(day[0], low, high))
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


def _read(days, query):
    """Query all days at once, then merge the shards of each."""
    return [finish() for finish in [begin(query, *day) for day in days]]


@lru_cache
def _select(indexed, order=""):
    conditions = "".join(f"AND {name} = ? " for name in indexed)
    return (
        f"SELECT {NAMES} FROM upload WHERE day = ? AND shard = ? "
        f"AND id > ? AND id < ? {conditions}{order}LIMIT ?"
    )
