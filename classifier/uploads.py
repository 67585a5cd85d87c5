"""The one use case: a file comes in, and is kept, classified and recorded."""

import hashlib

from django.dispatch import Signal

from . import history, pictures
from .admission import admitted, room
from .history import suggestions
from .models import Upload
from .prediction import served
from .spool import records

received = Signal()
"""Sent with an `upload` that is kept; a listener that fails is logged, no more."""


@admitted()
def receive(file, *, file_name, source, id=None):
    """Classify a picture and keep it with its record; on failure keep nothing.

    Args:
        file: the bytes as sent, a binary file.
        file_name: as sent; for display only.
        source: how it came: form, api or command.
        id: drawn before by `history.new_id`, where a repeated call must not make two.

    Raises:
        UnreadablePicture, NetworkUnavailable, StorageUnavailable,
        HistoryUnavailable, Overloaded
    """
    header = [pictures.read_header(file)]
    with room.taken(pictures.memory_pixels(header[0])):
        # Popped, so that its pixels are gone before others take their room.
        return _receive(file, header.pop(), file_name, source, id)


def delete(upload):
    """Remove an upload's pictures, then its record: cut short, it can be done again."""
    pictures.remove(upload.stored_name)
    suggestions.delete(upload.id)
    records.delete(upload)


def printable(file_name):
    """Return a file name without what hides or reorders text, at most 255 long."""
    return "".join(filter(str.isprintable, file_name))[:255]


def _receive(file, picture, file_name, source, id):
    width, height = picture.size
    pictures.decode(picture)
    if (picture.width > picture.height) != (width > height):
        width, height = height, width  # it was lying on its side
    prediction = served().classify(picture)
    kept, format = pictures.without_metadata(file, picture)
    id = id or history.new_id()
    upload = Upload(
        id=id,
        file_name=printable(file_name),
        media_type=format.media_type,
        width=width,
        height=height,
        sha256=_sha256(file),
        size_bytes=file.tell(),
        class_names=list(prediction.class_names),
        probabilities=list(prediction.probabilities),
        class_name=prediction.class_name,
        probability=prediction.probability,
        is_sure=prediction.is_sure,
        network_version=prediction.network_version,
        preprocessing_version=prediction.preprocessing_version,
        latency_ms=prediction.latency_ms,
        source=source,
    )
    upload.stored_name = f"{upload.created_at:%Y/%m/%d}/{id}.{format.suffix}"
    pictures.store(upload.stored_name, kept, picture, prediction.image)
    try:
        records.keep(upload)
    except BaseException:
        pictures.remove(upload.stored_name)
        raise
    received.send_robust(sender=None, upload=upload)
    return upload


def _sha256(file):
    """Return the digest of a file's bytes, and leave it at its end."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()
