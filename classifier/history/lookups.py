"""Look-up tables: they find uploads by other values than their time.

They are written before the upload and deleted before it, so the upload's own row
decides whether it exists. An interruption leaves an entry without an upload, which
searches skip and the next attempt repairs.
"""

import unicodedata

from deewhy.cassandra import session

from .. import timeuuid

START = 3
"""The characters of a file name that its beginning is looked up by."""

INSERT = """\
INSERT INTO upload_by_{0} ({0}, year, id, shard)
VALUES (?, ?, ?, ?) USING TIMESTAMP ?"""
DELETE = """\
DELETE FROM upload_by_{0} USING TIMESTAMP ? WHERE {0} = ? AND year = ? AND id = ?"""


def write(upload):
    """Write the entries of an upload, once or again."""
    session.execute_together(inserts(upload))


def delete(upload):
    """Delete the entries of an upload."""
    at = timeuuid.microseconds_after(upload.id)
    year = timeuuid.day_of(upload.id).year
    session.execute_all(
        (DELETE.format(column), (at, value, year, upload.id))
        for column, value in entries(upload)
    )


def inserts(upload):
    """Return the (statement, parameters) that write the entries of an upload."""
    more = (
        timeuuid.day_of(upload.id).year,
        upload.id,
        upload.shard,
        timeuuid.microseconds(upload.id),
    )
    return [
        (INSERT.format(column), (value, *more)) for column, value in entries(upload)
    ]


def key(column, value):
    """Return a value in the form of its table: file names in lower case."""
    if column == "file_name":
        return unicodedata.normalize("NFC", value).casefold()
    if column == "name_start":
        return key("file_name", value)[:START]
    return value


def is_match(column, value, row):
    """Tell whether a searched value is that of a row, or the beginning of its name."""
    if column == "name_start":
        name = key("file_name", row["file_name"] or "")
        return name.startswith(key("file_name", value))
    return key(column, row[column] or "") == key(column, value)


def entries(upload):
    """Return (column, key) for each look-up table of an upload."""
    name = upload.file_name
    values = {"sha256": upload.sha256, "file_name": name, "name_start": name}
    return [(column, key(column, value)) for column, value in values.items() if value]
