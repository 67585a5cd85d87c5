"""Maintenance of whole days: purge, and repair of look-ups and counts.

Both can be interrupted and repeated: a day's uploads go last, and together.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from deewhy.cassandra import session

from .. import timeuuid
from ..models import Upload
from . import (
    counts,
    days,
    embeddings,
    gaps,
    lookups,
    owners,
    partitions,
    records,
    suggestions,
)
from .driver_errors import answering, answering_all

BATCH = 500
DELETE_PARTITION = "DELETE FROM upload WHERE day = ? AND shard = ?"
YEAR_OF_DAYS = 366


@answering_all
def days_between(
    first: datetime.date, last: datetime.date
) -> Iterator[tuple[datetime.date, int]]:
    """Yield (day, shards) of each day with uploads in a range, oldest first."""
    while listed := days.oldest(first, last, YEAR_OF_DAYS):
        yield from listed
        first = listed[-1][0] + datetime.timedelta(1)


def batches_of(day, shard):
    """Yield the uploads of one partition in lists, newest first."""
    low = timeuuid.start_of(day)
    high = timeuuid.start_of(day + datetime.timedelta(1))
    while rows := partitions.read_shard(day, shard, low, high, BATCH):
        yield [Upload(**row) for row in rows]
        high = rows[-1]["id"]


@answering_all
def batches_of_day(day: datetime.date, shards: int) -> Iterator[list[Upload]]:
    """Yield the uploads of a day in lists, shard after shard."""
    for shard in range(shards):
        yield from batches_of(day, shard)


def uploads_of(day, shard):
    """Yield the uploads of one partition, newest first."""
    return chain.from_iterable(batches_of(day, shard))


@answering
def purge(
    day: datetime.date, shards: int, remove: Callable[[list[Upload]], object]
) -> int:
    """Delete all of a day, and return the number of its uploads.

    `remove` is called with lists of uploads before their records are deleted: all other
    data about them goes first, so that an interrupted purge can be repeated.

    A record of that day that arrives later is not kept, because its write time is that
    of the upload, and the deletion is newer.
    """
    total = Counter()
    for shard in range(shards):
        found = Counter()
        for batch in batches_of(day, shard):
            remove(batch)
            for upload in batch:
                suggestions.delete(upload.id)
                owners.delete(upload.id)
                lookups.delete(upload)
                embeddings.delete(upload.id)
                found += counts.of(upload)
        session.execute(DELETE_PARTITION, (day, shard))
        finish_deletions(day, shard)
        counts.add(day, counts.negative(found))
        total += found
    gaps.remove(day)
    days.remove(day)
    return total[counts.UPLOADS]


def finish_deletions(day, shard):
    """Delete the partial rows of a partition, which are no uploads."""
    high = timeuuid.start_of(day + datetime.timedelta(1))
    while rows := partitions.read_keys(day, shard, high, BATCH):
        for row in rows:
            if not records.is_upload(row):
                records.delete_rest((day, shard, row["id"]))
        high = rows[-1]["id"]


@answering
def count(day: datetime.date, shards: int) -> int:
    """Return the exact number of a day's uploads, by reading them."""
    return sum(1 for shard in range(shards) for _ in uploads_of(day, shard))


@answering
def rebuild(day: datetime.date, shards: int) -> int:
    """Rewrite a day's look-ups, and set its counts to those of its uploads."""
    total, class_names = Counter(), set()
    for shard in range(shards):
        finish_deletions(day, shard)
        for upload in uploads_of(day, shard):
            lookups.write(upload)
            total += counts.of(upload)
            class_names.update(upload.class_names)
    measures = {*counts.MEASURES, *map(counts.of_class, class_names), *total}
    counted = counts.per_day(measures, day, day)
    present = Counter({name: by_day.get(day, 0) for name, by_day in counted.items()})
    counts.add(day, counts.difference(total, present))
    return total[counts.UPLOADS]
