"""Visitors' corrections of their own pictures; a curator has the last word."""

from dataclasses import dataclass

from django.utils import timezone

from deewhy.cassandra import session

from .. import timeuuid
from . import counts, records
from .driver_errors import answering

# An empty `class_name` means "none of these".
INSERT = """\
INSERT INTO upload_suggestion (upload_id, class_name, suggested_at) VALUES (?, ?, ?)"""
SELECT = "SELECT class_name FROM upload_suggestion WHERE upload_id = ?"
# A machine with a fast clock may have written it.
SELECT_TIME = """\
SELECT WRITETIME(class_name) AS at FROM upload_suggestion WHERE upload_id = ?"""
DELETE = "DELETE FROM upload_suggestion USING TIMESTAMP ? WHERE upload_id = ?"
EVERYTHING = "SELECT upload_id, class_name FROM upload_suggestion"
# The class is compared as in a correction, so that no row is created.
MARK = """\
UPDATE upload SET suggested_class_name = ?, is_disputed = ?
WHERE day = ? AND shard = ? AND id = ? IF class_name = ?"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The class that a visitor chose, "" for none of these."""

    class_name: str


@answering
def keep(id, class_name):
    """Write a suggestion; it replaces an earlier one for the same upload.

    For an upload that is not in Cassandra yet, only the table of suggestions has it.
    """
    session.execute(INSERT, (id, class_name, timezone.now()))
    if (upload := records.get(id)) is not None:
        mark(upload, class_name)


def mark(upload, class_name):
    """Write the visitor's suggestion into an upload, and whether it differs."""
    is_disputed = class_name != upload.class_name
    values = (class_name, is_disputed, *records.key(upload), upload.class_name)
    result = session.execute(MARK, values)
    if result.one()["[applied]"]:
        before = counts.of(upload)
        upload.suggested_class_name, upload.is_disputed = class_name, is_disputed
        counts.add(upload.day, counts.difference(counts.of(upload), before))


def everything():
    """Yield (id, class name) of all suggestions, for a migration."""
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
