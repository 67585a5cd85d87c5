"""One record at a time: written, read and deleted by its whole primary key."""

from cassandra.query import UNSET_VALUE

from deewhy import cassandra_session

from .. import timeuuid
from ..models import Upload
from . import days

COLUMNS = tuple(Upload._columns)
KEY = ("day", "shard", "id")

# The time of writing is the time of the upload: the same record may come again, after
# a time-out or from a queue, and undoes neither a correction nor a deletion.
INSERT = f"""\
INSERT INTO upload ({", ".join(COLUMNS)})
VALUES ({", ".join("?" for _ in COLUMNS)}) USING TIMESTAMP ?"""
SELECT = f"""\
SELECT {", ".join(COLUMNS)} FROM upload WHERE day = ? AND shard = ? AND id = ?"""
DELETE = "DELETE FROM upload WHERE day = ? AND shard = ? AND id = ?"


def record(upload):
    """Write an upload, once or again; its day and shard follow from its id."""
    upload.day = timeuuid.day_of(upload.id)
    shards = days.ensure(upload.day)
    upload.shard = days.shard_of(upload.id, shards)
    cassandra_session.execute(INSERT, insert_values(upload))


def insert_values(upload):
    """Return the parameters of INSERT; a value that is missing writes nothing."""
    values = (getattr(upload, name) for name in COLUMNS)
    written_at = (timeuuid.order(upload.id) >> 64) - timeuuid.EPOCH_TICKS
    return (
        *(UNSET_VALUE if value is None else value for value in values),
        written_at // 10,
    )


def get(id):
    """Return the upload of an id, or None."""
    if id.version != 1 or (partition := days.partition_of(id)) is None:
        return None
    row = cassandra_session.execute(SELECT, (*partition, id)).one()
    return row and Upload(**row)


def delete(upload):
    """Delete the record of an upload, which need not have been written yet."""
    day = timeuuid.day_of(upload.id)
    shard = days.shard_of(upload.id, days.ensure(day))
    cassandra_session.execute(DELETE, (day, shard, upload.id))
