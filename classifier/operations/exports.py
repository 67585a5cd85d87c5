"""Exports of uploads as files, streamed instead of held in memory."""

import contextlib
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
from ..history import NONE_OF_THESE
from ..labels import NONE_FOLDER, UNREVIEWED_FOLDER
from ..pictures.decoding import ANSWERED_SIZE
from . import tables

KERAS_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png"}
"""What keras.utils.image_dataset_from_directory reads."""
CHUNK_BYTES = 1 << 16
IN_MEMORY_BYTES = 1 << 20

logger = logging.getLogger(__name__)


def json_lines(uploads):
    """Yield one JSON object per line, with all probabilities by class name."""
    for upload in uploads:
        values = dict(
            zip(tables.FIELDS, map(_plain, tables.values(upload)), strict=True)
        )
        values["probabilities"] = dict(
            zip(upload.class_names, upload.probabilities, strict=False)
        )
        yield json.dumps(values, default=str) + "\n"


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def image_folder(uploads):
    """Yield the bytes of a zip with a folder of pictures per class, and a table.

    A picture is in the folder of the class that a person confirmed or chose, in `none`
    where it is none of them, in `unreviewed` before anybody has looked: `evaluate` and
    `train` take the folder as it is. What keeps growing in memory is only the zip's own
    directory, a few hundred bytes each.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as table:
        yield from _zip(_entries(uploads, table))


FORMATS = {"csv": tables.lines, "jsonl": json_lines, "zip": image_folder}


def _entries(uploads, table):
    """Yield (name in the zip, binary file), at last the table of all uploads.

    An unreadable picture is only in the table, with the reason.
    """
    rows = tables.Table(columns=("file", "problem"))
    for upload in uploads:
        try:
            name, file = _picture(upload)
            problem = ""
        except Exception as error:  # noqa: BLE001  one picture must not end an export
            name, file, problem = "", None, _problem(error)
            logger.warning("No picture of %s in an export: %s", upload.id, problem)
        table.write(rows.row(upload, (name, problem)))
        if file:
            with file:
                yield name, file
    table.write(rows.end())
    table.seek(0)
    yield "uploads.csv", table.buffer


def _problem(error):
    """Return the reason why a picture is left out, without its file's content."""
    if isinstance(error, FileNotFoundError):
        return "gone"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "damaged"


def _picture(upload):
    """Return a picture's name in the zip and its file, verified to its end."""
    path = settings.MEDIA_ROOT / upload.stored_name
    folder = folder_of(upload)
    with path.open("rb") as file:
        if path.suffix not in KERAS_SUFFIXES:
            return f"{folder}/{path.stem}.png", _as_png(file)
        copy = _copy(file)
        _check(copy)
        return f"{folder}/{path.name}", copy


def _copy(file):
    """Return a picture's bytes, read completely before any goes into the zip."""
    copy = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  outlives this
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _check(copy):
    """Decode a copied picture; damage raises an error."""
    # Limits that were lowered since the upload are no damage.
    with contextlib.suppress(Image.DecompressionBombError):
        Image.open(copy).verify()  # the checksums of a PNG
        picture = Image.open(copy)
        picture.draft(None, ANSWERED_SIZE)
        picture.load()
    copy.seek(0)


def folder_of(upload):
    """Return the folder of an upload's picture, by its review."""
    if upload.corrected_class_name is None:
        return UNREVIEWED_FOLDER
    if upload.corrected_class_name == NONE_OF_THESE:
        return NONE_FOLDER
    return folder_name(upload.corrected_class_name)


def folder_name(class_name):
    """Return a class name as a folder name: "T-shirt/top" has a slash."""
    return re.sub(r"[^\w -]", "-", class_name)


def _as_png(file):
    converted = io.BytesIO()
    pictures.open_picture(file).save(converted, "PNG")
    converted.seek(0)
    return converted


def _zip(entries):
    """Yield the bytes of a zip while its entries are read; nothing is compressed."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, file in entries:
            with archive.open(PurePosixPath(name).as_posix(), "w") as entry:
                while chunk := file.read(CHUNK_BYTES):
                    entry.write(chunk)
                    yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """Holds the output of the zip until it is taken."""

    def __init__(self):
        self._written = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self._written += data
        return len(data)

    def take(self):
        """Return the output since the last call, and forget it."""
        taken = bytes(self._written)
        self._written.clear()
        return taken
