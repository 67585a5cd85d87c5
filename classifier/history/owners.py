"""The owners of uploads, for as long as ownership lasts.

An owner is a digest that only the visitor's own browser can derive (`visitors`). The
entries expire, so that later nobody can tell the owner of an upload.
"""

import time
from uuid import UUID

from deewhy.cassandra import session

from .. import timeuuid
from .driver_errors import answering

KEPT_FOR_S = 8 * 24 * 3600  # ownership lasts seven days
MAX_LISTED = 200

BY_OWNER = """\
INSERT INTO upload_by_owner (owner, id) VALUES (?, ?) USING TIMESTAMP ? AND TTL ?"""
BY_UPLOAD = """\
INSERT INTO upload_owner (owner, upload_id) VALUES (?, ?)
USING TIMESTAMP ? AND TTL ?"""
SELECT = "SELECT id FROM upload_by_owner WHERE owner = ? LIMIT ?"
EXISTS = "SELECT id FROM upload_by_owner WHERE owner = ? AND id = ?"
SELECT_OWNER = "SELECT owner FROM upload_owner WHERE upload_id = ?"
DELETES = (
    "DELETE FROM upload_by_owner USING TIMESTAMP ? WHERE owner = ? AND id = ?",
    "DELETE FROM upload_owner USING TIMESTAMP ? WHERE upload_id = ?",
)


def inserts(upload):
    """Return the (statement, parameters) that record the owner of an upload.

    There are none without an owner, or once the ownership has ended.
    """
    age_s = time.time() - timeuuid.microseconds(upload.id) // 1_000_000
    left_s = int(KEPT_FOR_S - age_s)
    if upload.owner is None or left_s <= 0:
        return []
    more = (timeuuid.microseconds(upload.id), min(left_s, KEPT_FOR_S))
    values = (upload.owner, upload.id, *more)
    return [(cql, values) for cql in (BY_OWNER, BY_UPLOAD)]


@answering
def owns(owner: str, id: UUID) -> bool:
    """Tell whether an owner has an upload."""
    return session.execute(EXISTS, (owner, id)).one() is not None


def ids_of(owners):
    """Return the ids of the newest uploads of some owners, newest first."""
    found = session.execute_all((SELECT, (owner, MAX_LISTED)) for owner in owners)
    ids = [row["id"] for rows in found for row in rows]
    return sorted(ids, key=timeuuid.order, reverse=True)[:MAX_LISTED]


@answering
def delete(id: UUID, owner: str | None = None) -> None:
    """Delete the entries of an upload; an unknown owner is looked up."""
    row = session.execute(SELECT_OWNER, (id,)).one()
    owner = owner or (row and row["owner"])
    if owner:
        at = timeuuid.microseconds_after(id)
        by_owner, by_upload = DELETES
        session.execute_all([(by_owner, (at, owner, id)), (by_upload, (at, id))])
