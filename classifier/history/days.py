"""The days with uploads and their numbers of shards: one partition, a row a day."""

import datetime
import zlib

from django.conf import settings

from deewhy.cassandra import session

from .. import timeuuid
from .driver_errors import answering

SCOPE = "uploads"
REMEMBERED_DAYS = 2  # older days are looked up, because they may have been purged

SELECT_NEWEST = """\
SELECT day, shards FROM upload_day
WHERE scope = ? AND day <= ? AND day >= ? ORDER BY day DESC LIMIT ?"""
SELECT_OLDEST = """\
SELECT day, shards FROM upload_day
WHERE scope = ? AND day >= ? AND day <= ? ORDER BY day ASC LIMIT ?"""
# A lightweight transaction writes the row, so its time is Cassandra's own.
SELECT_BEGUN = """\
SELECT WRITETIME(shards) AS begun FROM upload_day WHERE scope = ? AND day = ?"""
SELECT_SHARDS = "SELECT shards FROM upload_day WHERE scope = ? AND day = ?"
INSERT = "INSERT INTO upload_day (scope, day, shards) VALUES (?, ?, ?) IF NOT EXISTS"
DELETE = "DELETE FROM upload_day WHERE scope = ? AND day = ?"

_remembered = {}


def newest(high, low, limit):
    """Return (day, shards) from a day back to another, newest first."""
    return _days(SELECT_NEWEST, high, low, limit)


def oldest(low, high, limit):
    """Return (day, shards) from a day on to another, oldest first."""
    return _days(SELECT_OLDEST, low, high, limit)


def shards_of(day):
    """Return the number of shards of a day, None for a day without uploads."""
    if day in _remembered:
        return _remembered[day]
    row = session.execute(SELECT_SHARDS, (SCOPE, day)).one()
    return row and row["shards"]


@answering
def begun_at(day: datetime.date) -> datetime.datetime | None:
    """Return when Cassandra first recorded a day, by its own clock, or None."""
    row = session.execute(SELECT_BEGUN, (SCOPE, day)).one()
    return row and timeuuid.EPOCH + datetime.timedelta(microseconds=row["begun"])


def ensure(day):
    """Return the shards of a day; create its row if there is none.

    A day keeps its first number of shards, even after a change of the setting: the row
    is written by a lightweight transaction, once per day and process.
    """
    if day not in _remembered:
        shards = shards_of(day) or _begin(day)
        if datetime.datetime.now(datetime.UTC).date() - day > datetime.timedelta(
            REMEMBERED_DAYS
        ):
            return shards
        _remembered[day] = shards
    return _remembered[day]


def shard_of(id, shards):
    """Return the shard of an id among those of its day; it never changes."""
    return zlib.crc32(id.bytes) % shards


def partition_of(id):
    """Return the (day, shard) of an id, None if its day has no uploads."""
    day = timeuuid.day_of(id)
    shards = shards_of(day)
    return shards and (day, shard_of(id, shards))


def keys_of(ids):
    """Return the primary keys of some ids, except for days without uploads."""
    shards = {day: shards_of(day) for day in set(map(timeuuid.day_of, ids))}
    keys = ((day, shards[day], id) for id in ids for day in [timeuuid.day_of(id)])
    return [(day, shard_of(id, n), id) for day, n, id in keys if n]


def remove(day):
    """Remove a day from the list after its partitions are deleted."""
    _remembered.pop(day, None)
    session.execute(DELETE, (SCOPE, day))


def forget():
    """Clear the cache of days after the tables were emptied."""
    _remembered.clear()


def _days(cql, first, last, limit):
    rows = session.execute(cql, (SCOPE, first, last, limit))
    return [(row["day"].date(), row["shards"]) for row in rows]


def _begin(day):
    row = session.execute(INSERT, (SCOPE, day, settings.HISTORY_SHARDS)).one()
    return settings.HISTORY_SHARDS if row["[applied]"] else row["shards"]
