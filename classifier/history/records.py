"""One record at a time: written, read and deleted by its whole primary key."""

from cassandra.query import UNSET_VALUE

from deewhy import cassandra_session

from .. import timeuuid
from ..models import Upload
from . import counts, days, lookups

COLUMNS = tuple(Upload._columns)
WRITTEN = COLUMNS[:-1]  # the last holds what happens to an upload later

# The time of writing is the time of the upload: the same record may come again, after
# a time-out or from a queue, and undoes neither a correction nor a deletion.
INSERT = f"""\
INSERT INTO upload ({", ".join(WRITTEN)})
VALUES ({", ".join("?" for _ in WRITTEN)}) USING TIMESTAMP ?"""
SELECT = f"""\
SELECT {", ".join(COLUMNS)} FROM upload WHERE day = ? AND shard = ? AND id = ?"""
EXISTS = "SELECT id FROM upload WHERE day = ? AND shard = ? AND id = ?"
DELETE = "DELETE FROM upload USING TIMESTAMP ? WHERE day = ? AND shard = ? AND id = ?"


def record(upload, acknowledged=lambda: None):
    """Write an upload, once or again; its day and shard follow from its id.

    Args:
        acknowledged: called as soon as Cassandra has it, before it is counted.
    """
    upload.day = timeuuid.day_of(upload.id)
    shards = days.ensure(upload.day)
    upload.shard = days.shard_of(upload.id, shards)
    known = cassandra_session.execute_async(EXISTS, key(upload))
    lookups.write(upload)
    is_new = known.result().one() is None
    cassandra_session.execute(INSERT, insert_values(upload))
    acknowledged()
    if is_new:
        counts.add(upload.day, counts.of(upload))


def get(id):
    """Return the upload of an id, or None."""
    if id.version != 1 or (partition := days.partition_of(id)) is None:
        return None
    row = cassandra_session.execute(SELECT, (*partition, id)).one()
    return row and Upload(**row)


def read_rows(keys):
    """Return the rows of several primary keys in their order, without missing ones."""
    sent = [cassandra_session.execute_async(SELECT, key) for key in keys]
    rows = [future.result().one() for future in sent]
    return [row for row in rows if row]


def delete(upload):
    """Delete an upload's record, its row last; cut short, it can be done again.

    One that is not there may be on its way: it stays away when it comes.
    """
    current = get(upload.id)
    lookups.delete(upload)
    day = timeuuid.day_of(upload.id)
    shard = days.shard_of(upload.id, days.ensure(day))
    at = timeuuid.microseconds_after(upload.id)
    cassandra_session.execute(DELETE, (at, day, shard, upload.id))
    if current:
        counts.add(day, counts.negative(counts.of(current)))


def key(upload):
    """Return the whole primary key."""
    return upload.day, upload.shard, upload.id


def insert_values(upload):
    """Return the parameters of INSERT; a value that is missing writes nothing."""
    values = (getattr(upload, name) for name in WRITTEN)
    return (
        *(UNSET_VALUE if value is None else value for value in values),
        timeuuid.microseconds(upload.id),
    )
