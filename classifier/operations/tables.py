"""Uploads as the rows of a table for spreadsheets."""

import csv
import datetime
import io
import re

from django.utils import timezone

FIELDS = (
    "id",
    "created_at",
    "file_name",
    "class_name",
    "probability",
    "is_sure",
    "suggested_class_name",
    "review",
    "corrected_class_name",
    "corrected_by",
    "corrected_at",
    "source",
    "network_version",
    "preprocessing_version",
    "latency_ms",
    "media_type",
    "width",
    "height",
    "is_cut_short",
    "size_bytes",
    "sha256",
    "stored_name",
)
OTHER_CLASSES = "other_classes"
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 in the system's code page
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"  # in TIME_ZONE: Excel knows no offsets
FORMULA = re.compile(r"[=+\-@\t\r]")  # OWASP, CSV injection


def lines(uploads):
    """Yield the lines of a table, the first with the names of its columns."""
    table = Table()
    for upload in uploads:
        yield table.row(upload)
    yield table.end()


class Table:
    """Rows of text under a heading, which comes with the first row.

    Each class of the first upload has a column for its probability. Classes of other
    networks share the last column.

    Args:
        columns: names of further columns, which come first.
    """

    def __init__(self, columns=()):
        self._columns = columns
        self._names = None

    def row(self, upload, more=()):
        """Return the line of an upload, with the values of the further columns."""
        heading = "" if self._names is not None else self._heading(upload.class_names)
        probabilities = _probabilities(upload, self._names)
        return heading + _line([*more, *values(upload), *probabilities])

    def end(self):
        """Return the rest of the table: its heading, if there was no upload."""
        return self._heading([]) if self._names is None else ""

    def _heading(self, names):
        self._names = list(names)
        cells = [*self._columns, *FIELDS, *self._names, OTHER_CLASSES]
        return BYTE_ORDER_MARK + _line(cells)


def values(upload):
    """Return the values of FIELDS."""
    return [getattr(upload, name) for name in FIELDS]


def _probabilities(upload, names):
    """Return the probability of each class, None if unknown, then the others."""
    known = dict(zip(upload.class_names, upload.probabilities, strict=False))
    columns = [known.pop(name, None) for name in names]
    others = "; ".join(f"{name}={_cell(value)}" for name, value in known.items())
    return [*columns, others]


def _line(cells):
    line = io.StringIO()
    csv.writer(line).writerow(map(_cell, cells))
    return line.getvalue()


def _cell(value):
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime(TIME_FORMAT)
    if isinstance(value, float):
        return f"{value:.4f}"
    # Keep spreadsheets from running a hostile text as a formula.
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value
