"""Deletions of single uploads; after many of them, gaps for the lists."""

import logging
from uuid import UUID

from deewhy.cassandra import session

from .. import timeuuid
from ..models import Upload
from . import counts, days, embeddings, lookups, partitions, records
from .driver_errors import answering
from .filters import Filters

DELETE = "DELETE FROM upload USING TIMESTAMP ? WHERE day = ? AND shard = ? AND id = ?"

LOOK_AFTER = 2000  # deletions of a day; twice the number of Cassandra's warning
LOOK_AT = 100  # uploads below the newest deleted one
MOST_DAYS = 100  # with deletions to remember

_deleted: dict = {}  # of each day: deletions since the last look, and their newest id
logger = logging.getLogger(__name__)


@answering
def delete(upload: Upload) -> None:
    """Delete an upload's record, its row last, so that the deletion can be repeated.

    A missing record may be on its way: it stays deleted when it arrives.
    """
    current = records.get(upload.id)
    lookups.delete(upload)
    embeddings.delete(upload.id)
    day = timeuuid.day_of(upload.id)
    shards = days.ensure(day)
    shard = days.shard_of(upload.id, shards)
    at = timeuuid.microseconds_after(upload.id)
    session.execute(DELETE, (at, day, shard, upload.id))
    records.delete_rest((day, shard, upload.id))
    if current:
        counts.add(day, counts.negative(counts.of(current)))
        _look_for_gaps(day, shards, upload.id)


@answering
def finish_deletion(id: UUID) -> None:
    """Delete the remains of an upload whose record is gone."""
    embeddings.delete(id)
    if partition := days.partition_of(id):
        records.delete_rest((*partition, id))


def _look_for_gaps(day, shards, id):
    """After many deletions of a day read it once, which learns what to leave out."""
    count, newest = _deleted.get(day, (0, id))
    newest = max(newest, id, key=timeuuid.order)
    if len(_deleted) >= MOST_DAYS:
        _deleted.clear()
    _deleted[day] = count + 1, newest
    if count + 1 < LOOK_AFTER:
        return
    _deleted[day] = 0, newest
    above = timeuuid.at_order(timeuuid.order(newest) + 1)
    low, high = timeuuid.narrowed_to(day, Filters().low, above)
    try:
        partitions.read_newest([(day, shards)], low, high, Filters(), LOOK_AT)
    except session.UNAVAILABLE as error:
        logger.warning("No gaps of %s: %s", day, session.describe(error))
