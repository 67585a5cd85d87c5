"""What visitors say their own pictures show; for the curator, who has the last word."""

from dataclasses import dataclass

from django.utils import timezone

from deewhy.cassandra import session

from .. import timeuuid
from . import counts, records
from .driver_errors import answering

# `class_name` is empty where the visitor says that none of the classes is right.
INSERT = """\
INSERT INTO upload_suggestion (upload_id, class_name, suggested_at) VALUES (?, ?, ?)"""
SELECT = "SELECT class_name FROM upload_suggestion WHERE upload_id = ?"
# Another machine, whose clock was ahead, may have written it.
SELECT_TIME = """\
SELECT WRITETIME(class_name) AS at FROM upload_suggestion WHERE upload_id = ?"""
DELETE = "DELETE FROM upload_suggestion USING TIMESTAMP ? WHERE upload_id = ?"
EVERYTHING = "SELECT upload_id, class_name FROM upload_suggestion"
# The class is compared as by a correction: without a row none must be made.
MARK = """\
UPDATE upload SET suggested_class_name = ?, is_disputed = ?
WHERE day = ? AND shard = ? AND id = ? IF class_name = ?"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The class that a visitor picked, "" for none of them."""

    class_name: str


@answering
def keep(id, class_name):
    """Write a suggestion; a later one for the same upload replaces it.

    An upload that is not in Cassandra yet has it in its own table alone.
    """
    session.execute(INSERT, (id, class_name, timezone.now()))
    if (upload := records.get(id)) is not None:
        mark(upload, class_name)


def mark(upload, class_name):
    """Write into an upload what its visitor says, and whether that is another class."""
    is_disputed = class_name != upload.class_name
    values = (class_name, is_disputed, *records.key(upload), upload.class_name)
    result = session.execute(MARK, values)
    if result.one()["[applied]"]:
        before = counts.of(upload)
        upload.suggested_class_name, upload.is_disputed = class_name, is_disputed
        counts.add(upload.day, counts.difference(counts.of(upload), before))


def everything():
    """Yield (id, class name) of each suggestion, for a migration: a whole table."""
    for row in session.execute(EVERYTHING):
        yield row["upload_id"], row["class_name"]


@answering
def of(id):
    """Return the Suggestion for an upload, or None."""
    row = session.execute(SELECT, (id,)).one()
    return row and Suggestion(row["class_name"])


@answering
def delete(id):
    """Delete the suggestion for an upload, if there is one."""
    row = session.execute(SELECT_TIME, (id,)).one()
    at = max(timeuuid.microseconds_after(id), (row and row["at"] or 0) + 1)
    session.execute(DELETE, (at, id))
