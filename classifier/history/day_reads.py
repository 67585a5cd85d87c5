"""Reads of one day: its shards are merged, its gaps left out, and new ones learnt."""

import heapq
import logging
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from deewhy.cassandra import session

from .. import timeuuid
from . import days, gaps, shards
from .records import COLUMNS, is_upload

FIRST_AT_ONCE = 2  # the newest uploads, and those below the newest gap
MOST_AT_ONCE = 8  # stretches
FEWEST_LOST = 10  # uploads between gaps, for which the gaps are made anew
NAMES = ", ".join(COLUMNS)
SELECT_POINTS = f"""\
SELECT {NAMES} FROM upload WHERE day = ? AND shard = ? AND id IN ?"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Query:
    """The uploads between two ids that match the filters, up to a limit."""

    cql: str
    low: Any
    high: Any
    indexed: dict[str, Any]
    limit: int
    newest_first: bool = True


@dataclass(slots=True)
class Found:
    """Rows in the order of the query, and whether many deleted ones were read, too."""

    rows: list[dict]
    is_costly: bool = False


def begin(query: Query, day, shards_of_day: int):
    """Send what can be sent at once; return the function that returns the rows."""
    if gaps.has_any(day):
        return lambda: _finish(query, day, shards_of_day, _around_gaps)
    sent = _send(query, day, shards_of_day, query.low, query.high)
    return lambda: _finish(query, day, shards_of_day, lambda *_: _receive(query, sent))


def of_shard(query: Query, day, shard: int):
    """Return the rows of one shard."""
    more = (*query.indexed.values(), query.limit)
    sent = shards.send(query.cql, day, shard, query.low, query.high, *more)
    return _receive_shard(query, sent).rows


def _finish(query, day, shards_of_day, read):
    found = read(query, day, shards_of_day)
    if found.is_costly and not query.indexed:
        try:
            _learn(query, day, shards_of_day, found.rows)
        except session.UNAVAILABLE as error:
            logger.warning("No gaps of %s: %s", day, session.describe(error))
    return found.rows


def _around_gaps(query, day, shards_of_day):
    """Read the stretches between the gaps, more at once while they yield little."""
    found, at_once = Found([]), FIRST_AT_ONCE
    pieces = _pieces(query, day)
    while len(found.rows) < query.limit:
        wave = list(islice(pieces, at_once))
        if not wave:
            break
        sent = [_send_piece(query, day, shards_of_day, piece) for piece in wave]
        for receive in sent:
            part = receive()
            found.rows += part.rows
            found.is_costly |= part.is_costly
        at_once = min(2 * at_once, MOST_AT_ONCE)
    return Found(found.rows[: query.limit], found.is_costly)


def _pieces(query, day):
    """Yield stretches as their bounds, and single ids between two gaps as lists."""
    low, high = timeuuid.narrowed_to(day, query.low, query.high)
    found = gaps.stretches(day, timeuuid.order(high) - 1, timeuuid.order(low) + 1)
    if not query.newest_first:
        found = reversed(list(found))
    for is_point, run in groupby(found, key=lambda ends: ends[0] == ends[1]):
        if not is_point:
            for top, bottom in run:
                yield timeuuid.at_order(bottom - 1), timeuuid.at_order(top + 1)
            continue
        while points := [timeuuid.at_order(top) for top, _ in islice(run, query.limit)]:
            yield points


def _send_piece(query, day, shards_of_day, piece):
    """Send the statements for a piece; return the function that receives its rows."""
    if isinstance(piece, list):
        sent = _send_points(day, shards_of_day, piece)
        return lambda: _receive_points(query, piece, sent)
    sent = _send(query, day, shards_of_day, *piece)
    return lambda: _receive(query, sent)


def _send_points(day, shards_of_day, ids):
    by_shard: dict[int, list] = {}
    for id in ids:
        by_shard.setdefault(days.shard_of(id, shards_of_day), []).append(id)
    return [
        session.execute_async(SELECT_POINTS, (day, shard, some))
        for shard, some in by_shard.items()
    ]


def _receive_points(query, ids, sent):
    rows = [row for future in sent for row in future.result() if is_upload(row)]
    is_costly = len(ids) - len(rows) >= FEWEST_LOST
    matching = [
        row
        for row in rows
        if all(row[name] == value for name, value in query.indexed.items())
    ]
    matching.sort(key=_order, reverse=query.newest_first)
    return Found(matching, is_costly)


def _send(query, day, shards_of_day, low, high):
    more = (*query.indexed.values(), query.limit)
    return [
        shards.send(query.cql, day, shard, low, high, *more)
        for shard in range(shards_of_day)
    ]


def _receive(query, sent):
    """Merge the shards."""
    found = [_receive_shard(query, each) for each in sent]
    merged = heapq.merge(
        *(each.rows for each in found), key=_order, reverse=query.newest_first
    )
    is_costly = any(each.is_costly for each in found)
    return Found(list(islice(merged, query.limit)), is_costly)


def _receive_shard(query, sent):
    """Return the uploads of one shard; partial rows leave no holes in it."""
    cql, (day, shard, low, high, *more), _ = sent
    rows, is_costly = shards.receive(sent, newest_first=query.newest_first)
    found = [row for row in rows if is_upload(row)]
    while len(rows) == query.limit and len(found) < query.limit:
        last = rows[-1]["id"]
        low, high = (low, last) if query.newest_first else (last, high)
        sent = shards.send(cql, day, shard, low, high, *more)
        rows, is_more = shards.receive(sent, newest_first=query.newest_first)
        found += [row for row in rows if is_upload(row)]
        is_costly |= is_more
    return Found(found[: query.limit], is_costly)


def _learn(query, day, shards_of_day, rows):
    """Make gaps between the uploads that were read."""
    low, high = timeuuid.narrowed_to(day, query.low, query.high)
    top, bottom = timeuuid.order(high) - 1, timeuuid.order(low) + 1
    ids = [row["id"] for row in rows]
    if len(ids) >= query.limit and query.newest_first:
        bottom = timeuuid.order(ids[-1])
    elif len(ids) >= query.limit:
        top = timeuuid.order(ids[-1])
    if not query.newest_first:
        ids.reverse()

    def read_again():
        bounds = timeuuid.at_order(bottom - 1), timeuuid.at_order(top + 1)
        again = Query(query.cql, *bounds, {}, len(ids) + 1, query.newest_first)
        found = _receive(again, _send(again, day, shards_of_day, *bounds))
        return [row["id"] for row in found.rows]

    gaps.learn(day, ids, top, bottom, read_again)


def _order(row):
    return timeuuid.order(row["id"])
