"""Rescores: another network's answers to past uploads, beside the original ones.

They are stored with the embedding. Their write time is just after the embedding's, long
before any deletion, and they expire with the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from deewhy.cassandra import session

from ..models import Upload
from .driver_errors import answering

SELECT_EMBEDDED = """\
SELECT version, levels, WRITETIME(version) AS at, TTL(version) AS left_s,
    rescored_by, WRITETIME(rescored_by) AS rescored_at
FROM embedding WHERE upload_id = ?"""
SELECT = """\
SELECT rescored_by, rescored_class_name, rescored_probability, rescored_is_sure
FROM embedding WHERE upload_id = ?"""
UPDATE = """\
UPDATE embedding USING TIMESTAMP ? AND TTL ?
SET rescored_by = ?, rescored_class_name = ?, rescored_probability = ?,
    rescored_is_sure = ?
WHERE upload_id = ?"""


@dataclass(frozen=True, slots=True)
class Rescore:
    """The answer of another network."""

    network_version: str
    class_name: str
    probability: float
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Embedded:
    """An upload with its embedding, ready to be rescored."""

    upload: Upload
    levels: bytes
    rescored_by: str | None
    at: int  # the write time, in microseconds
    left_s: int  # the time to live, 0 for ever


@answering
def embedded(uploads: Iterable[Upload], version: str) -> list[Embedded]:
    """Return the uploads that have an embedding of a version."""
    uploads = list(uploads)
    found = session.execute_all((SELECT_EMBEDDED, (each.id,)) for each in uploads)
    rows = [each.one() for each in found]
    return [
        Embedded(
            upload,
            row["levels"],
            row["rescored_by"],
            max(row["at"], row["rescored_at"] or 0) + 1,
            row["left_s"] or 0,
        )
        for upload, row in zip(uploads, rows, strict=True)
        if row is not None and row["version"] == version
    ]


@answering
def write(rescored: Iterable[tuple[Embedded, Rescore]]) -> None:
    """Write the answers to several uploads."""
    session.execute_all(
        (
            UPDATE,
            (
                each.at,
                each.left_s,
                answer.network_version,
                answer.class_name,
                answer.probability,
                answer.is_sure,
                each.upload.id,
            ),
        )
        for each, answer in rescored
    )


@answering
def of(id: UUID) -> Rescore | None:
    """Return the latest answer of another network to an upload, or None."""
    row = session.execute(SELECT, (id,)).one()
    if row is None or row["rescored_by"] is None:
        return None
    return Rescore(*row.values())
