"""The embeddings of photographs, and the search for similar ones.

Writes have the time of the upload, or slightly more, so that a deletion is newer.
"""

from collections.abc import Iterable
from uuid import UUID

from cassandra import ConsistencyLevel

from deewhy.cassandra import session

from .. import timeuuid
from ..embeddings import StoredEmbedding
from ..models import Upload
from .driver_errors import answering

# Other versions are filtered out after the search: an index on the version made it five
# times slower.
EXAMINED = 4  # for each requested neighbour

VALUES = "(upload_id, version, levels, vector) VALUES (?, ?, ?, ?)"
INSERT = f"INSERT INTO embedding {VALUES} USING TIMESTAMP ?"
REPLACE = f"INSERT INTO embedding {VALUES} USING TIMESTAMP ? AND TTL ?"
SELECT = "SELECT version, levels, vector FROM embedding WHERE upload_id = ?"
SELECT_LEVELS = "SELECT version, levels FROM embedding WHERE upload_id = ?"
SELECT_VERSION = """\
SELECT version, WRITETIME(version) AS at FROM embedding WHERE upload_id = ?"""
SELECT_TIME_LEFT = """\
SELECT class_name, TTL(class_name) AS left_s FROM upload
WHERE day = ? AND shard = ? AND id = ?"""
NEAREST = """\
SELECT upload_id, version FROM embedding ORDER BY vector ANN OF ? LIMIT ?"""
DELETE = "DELETE FROM embedding USING TIMESTAMP ? WHERE upload_id = ?"


def inserts(upload):
    """Return the (statement, parameters) that write an upload's embedding, if any."""
    if upload.embedding is None:
        return []
    values = _values(upload.id, upload.embedding)
    return [(INSERT, (*values, timeuuid.microseconds(upload.id)))]


@answering
def of(id: UUID) -> StoredEmbedding | None:
    """Return the StoredEmbedding of an upload, or None."""
    row = session.execute(SELECT, (id,)).one()
    return row and StoredEmbedding(row["version"], row["levels"], tuple(row["vector"]))


@answering
def levels_of(uploads: Iterable[Upload], version: str) -> list[bytes | None]:
    """Return the levels of each upload's embedding of a version, or None."""
    found = session.execute_all((SELECT_LEVELS, (upload.id,)) for upload in uploads)
    rows = [each.one() for each in found]
    return [
        row["levels"] if row is not None and row["version"] == version else None
        for row in rows
    ]


@answering
def without(uploads: Iterable[Upload], version: str) -> list[Upload]:
    """Return the uploads without an embedding of a version."""
    found = session.execute_all((SELECT_VERSION, (upload.id,)) for upload in uploads)
    rows = [each.one() for each in found]
    return [
        upload
        for upload, row in zip(uploads, rows, strict=True)
        if row is None or row["version"] != version
    ]


@answering
def replace(upload: Upload, embedding: StoredEmbedding) -> bool:
    """Replace the embedding of an upload; return whether the upload still exists.

    It is deleted with the record, and a concurrent deletion wins: its write time is
    just after the replaced embedding's, long before any deletion.
    """
    key = (upload.day, upload.shard, upload.id)
    record = session.execute(SELECT_TIME_LEFT, key).one()
    if record is None or record["class_name"] is None:
        return False
    present = session.execute(SELECT_VERSION, (upload.id,)).one()
    at = present["at"] + 1 if present else timeuuid.microseconds(upload.id)
    values = _values(upload.id, embedding)
    session.execute(REPLACE, (*values, at, record["left_s"] or 0))
    return True


@answering
def similar(embedding: StoredEmbedding, count: int) -> list[UUID]:
    """Return the ids of the uploads with the nearest embeddings, nearest first.

    Only embeddings of one version can be compared. The search is approximate; some ids
    may have no record any more.
    """
    nearest = session.prepare(NEAREST)
    nearest.consistency_level = ConsistencyLevel.LOCAL_ONE  # all it supports
    rows = session.session().execute(nearest, (embedding.vector, EXAMINED * count))
    same = [row["upload_id"] for row in rows if row["version"] == embedding.version]
    return same[:count]


def delete(id):
    """Delete the embedding of an upload, if there is one."""
    at = timeuuid.microseconds_after(id)
    session.execute(DELETE, (at, id))


def _values(id, embedding):
    return id, embedding.version, embedding.levels, embedding.vector
