"""Uploads as files for other programs, made while they are read, never held whole."""

import contextlib
import csv
import io
import json
import logging
import re
import shutil
import tempfile
import zipfile
from pathlib import PurePosixPath

from django.conf import settings
from PIL import Image

from .. import pictures
from ..pictures.decoding import DRAFT_SIZE

FIELDS = (
    "id",
    "created_at",
    "file_name",
    "class_name",
    "probability",
    "is_sure",
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
KERAS_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png"}
"""What keras.utils.image_dataset_from_directory reads."""
FORMULA = re.compile(r"[=+\-@\t\r]")  # OWASP, CSV injection
CHUNK_BYTES = 1 << 16
IN_MEMORY_BYTES = 1 << 20

logger = logging.getLogger(__name__)


def csv_lines(uploads):
    """Yield the lines of a table, the first with the names of its columns."""
    yield _csv_line(FIELDS)
    for upload in uploads:
        yield _csv_line(_values(upload))


def json_lines(uploads):
    """Yield one JSON object a line, with all probabilities by class name."""
    for upload in uploads:
        values = dict(zip(FIELDS, _values(upload), strict=True))
        values["probabilities"] = dict(
            zip(upload.class_names, upload.probabilities, strict=False)
        )
        yield json.dumps(values, default=str) + "\n"


def image_folder(uploads):
    """Yield the bytes of a zip with a folder of pictures per class, and a table.

    A picture is in the folder of its corrected class where it has one. What keeps
    growing in memory is only the zip's own directory, a few hundred bytes each.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as table:
        yield from _zip(_entries(uploads, table))


FORMATS = {"csv": csv_lines, "jsonl": json_lines, "zip": image_folder}


def _entries(uploads, table):
    """Yield (name in the zip, binary file), at last the table of what they are.

    A picture that cannot be read is in the table alone, which says why.
    """
    table.write(_csv_line(("file", "problem", *FIELDS)))
    for upload in uploads:
        try:
            name, file = _picture(upload)
            problem = ""
        except Exception as error:  # noqa: BLE001  one picture never ends an export
            name, file, problem = "", None, _problem(error)
            logger.warning("No picture of %s in an export: %s", upload.id, problem)
        table.write(_csv_line((name, problem, *_values(upload))))
        if file:
            with file:
                yield name, file
    table.seek(0)
    yield "uploads.csv", table.buffer


def _problem(error):
    """Return why a picture is left out, without what its file holds."""
    if isinstance(error, FileNotFoundError):
        return "gone"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "damaged"


def _picture(upload):
    """Return a picture's name in the zip and its file, which can be read to its end."""
    path = settings.MEDIA_ROOT / upload.stored_name
    folder = folder_name(upload.corrected_class_name or upload.class_name)
    with path.open("rb") as file:
        if path.suffix not in KERAS_SUFFIXES:
            return f"{folder}/{path.stem}.png", _as_png(file)
        copy = _copy(file)
        _check(copy)
        return f"{folder}/{path.name}", copy


def _copy(file):
    """Return a picture's bytes, all read before the zip has a part of them."""
    copy = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  outlives this
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _check(copy):
    """Decode a copied picture; one that is damaged or breaks off raises an error."""
    # Limits that were lowered since are no damage.
    with contextlib.suppress(Image.DecompressionBombError):
        Image.open(copy).verify()  # the checksums of a PNG
        picture = Image.open(copy)
        picture.draft(None, DRAFT_SIZE)
        picture.load()
    copy.seek(0)


def folder_name(class_name):
    """Return a class name as the name of one folder: "T-shirt/top" has a slash."""
    return re.sub(r"[^\w -]", "-", class_name)


def _as_png(file):
    converted = io.BytesIO()
    pictures.open_picture(file).save(converted, "PNG")
    converted.seek(0)
    return converted


def _zip(entries):
    """Yield the bytes of a zip as its entries are read; pictures do not shrink more."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, file in entries:
            with archive.open(PurePosixPath(name).as_posix(), "w") as entry:
                while chunk := file.read(CHUNK_BYTES):
                    entry.write(chunk)
                    yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """Hold what the zip writes until it is taken."""

    def __init__(self):
        self._written = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self._written += data
        return len(data)

    def take(self):
        """Return what was written since, and forget it."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _values(upload):
    values = (getattr(upload, name) for name in FIELDS)
    return [
        value.isoformat() if hasattr(value, "isoformat") else value for value in values
    ]


def _csv_line(values):
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(value) for value in values])
    return line.getvalue()


def _harmless(value):
    """Keep a spreadsheet from running a text that a stranger chose as a formula."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value
