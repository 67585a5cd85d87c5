"""Single records: written, read and deleted by their whole primary key."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from cassandra.query import UNSET_VALUE

from deewhy import metrics
from deewhy.cassandra import session

from .. import timeuuid
from ..models import Upload
from . import counts, days, embeddings, gaps, lookups, owners
from .driver_errors import answering

COLUMNS = tuple(Upload._columns)
WRITTEN = COLUMNS[:-2]  # the last columns record later events

# The write time is the time of the upload: the same record may come again after a
# time-out or from the spool, and undoes neither a correction nor a deletion.
INSERT = f"""\
INSERT INTO upload ({", ".join(WRITTEN)})
VALUES ({", ".join("?" for _ in WRITTEN)}) USING TIMESTAMP ?"""
SELECT = f"""\
SELECT {", ".join(COLUMNS)} FROM upload WHERE day = ? AND shard = ? AND id = ?"""
EXISTS = "SELECT id FROM upload WHERE day = ? AND shard = ? AND id = ?"
# A correction has its time from Cassandra (Paxos). Only a transaction on the same row
# is certain to be later, independently of the machines' clocks.
DELETE_REST = "DELETE FROM upload WHERE day = ? AND shard = ? AND id = ? IF EXISTS"

logger = logging.getLogger(__name__)


@answering
@metrics.part("record")
def record(upload: Upload, acknowledged: Callable[[], object] = lambda: None) -> None:
    """Write an upload, once or again; its day and shard follow from its id.

    All that leads to the record is written before it, in one message.

    Args:
        upload: the record.
        acknowledged: called once Cassandra has the record, before it is counted.
    """
    upload.day = timeuuid.day_of(upload.id)
    shards = days.ensure(upload.day)
    upload.shard = days.shard_of(upload.id, shards)
    known = None
    if not upload.is_first_attempt:
        known = session.execute_async(EXISTS, key(upload))
    session.execute_together(
        [
            *lookups.inserts(upload),
            *owners.inserts(upload),
            *embeddings.inserts(upload),
        ]
    )
    is_new = known is None or known.result().one() is None
    session.execute(INSERT, insert_values(upload))
    gaps.make_room(upload.id)
    acknowledged()
    if is_new:
        counts.add_soon(upload.day, counts.of(upload))
        sure = str(upload.is_sure).lower()
        metrics.UPLOADS.labels(upload.class_name, sure, upload.source).inc()


@answering
def get(id: UUID) -> Upload | None:
    """Return the upload of an id, or None."""
    if id.version != 1 or (partition := days.partition_of(id)) is None:
        return None
    row = session.execute(SELECT, (*partition, id)).one()
    return Upload(**row) if is_upload(row) else None


def read_rows(keys):
    """Return the rows of several primary keys in their order, without missing ones."""
    rows = [each.one() for each in session.execute_all((SELECT, key) for key in keys)]
    return [row for row in rows if is_upload(row)]


@answering
def of_owners(names: Iterable[str]) -> list[Upload]:
    """Return the newest uploads of some owners, newest first."""
    return of_ids(owners.ids_of(names))


@answering
def of_ids(ids: Iterable[UUID]) -> list[Upload]:
    """Return the uploads of some ids in their order, without missing ones."""
    return [Upload(**row) for row in read_rows(days.keys_of(ids))]


def is_upload(row):
    """Tell whether a row is a complete record.

    A correction leaves a partial row for a record that was deleted or expired; it has
    no class, and is no upload.
    """
    return row is not None and row["class_name"] is not None


def delete_rest(key):
    """Delete the remains of a row after its record: its corrections.

    A failure is only logged, because the record is gone; purge and recount try again.
    """
    try:
        session.execute(DELETE_REST, key)
    except session.UNAVAILABLE as error:
        logger.warning(
            "A correction of a deleted upload may be left: %s",
            session.describe(error),
        )


def key(upload):
    """Return the whole primary key."""
    return upload.day, upload.shard, upload.id


def insert_values(upload):
    """Return the parameters of INSERT; a missing value writes nothing."""
    values = (getattr(upload, name) for name in WRITTEN)
    return (
        *(UNSET_VALUE if value is None else value for value in values),
        timeuuid.microseconds(upload.id),
    )
