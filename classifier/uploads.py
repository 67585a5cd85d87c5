"""Receives, classifies, stores and records uploads, and deletes them entirely."""

import datetime
import logging
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import DatabaseError, transaction
from django.dispatch import Signal

from . import history, pictures, timeuuid
from .exceptions import HistoryUnavailable, UnreadablePicture
from .history import suggestions
from .limits import locks
from .limits.concurrency import concurrency_limited, pixel_budget
from .models import Upload
from .pictures import quarantine
from .pictures.file_names import printable
from .prediction import served
from .spool import doubtful, records
from .spool.breaker import NotTried

OwnerOf = Callable[[UUID], str | None]

logger = logging.getLogger(__name__)


class Withdrawn(HistoryUnavailable):
    """The id was withdrawn after its record failed: no record can be kept under it."""


received = Signal()
"""Sent with each kept `upload`; the error of a receiver is only logged."""
deleted = Signal()
"""Sent with the `ids` of uploads under deletion; receivers delete their own data.
An error of a receiver stops the deletion, which can be repeated."""
aged = Signal()
"""Sent by retention with a time `until`; receivers delete their data from before it."""


@concurrency_limited()
def receive(
    file: BinaryIO,
    *,
    file_name: str,
    source: str,
    id: UUID | None = None,
    owner_of: OwnerOf = lambda id: None,
) -> Upload:
    """Classify a picture and keep it with its record; on failure keep nothing.

    Args:
        file: binary file with the original bytes.
        file_name: the original name; for display only.
        source: of the upload: form, api or command.
        id: from `history.new_id`, for calls that may be repeated: if an earlier attempt
            kept the upload, that is returned.
        owner_of: returns the name of the owner of an upload's id, or None.

    Raises:
        UnreadablePicture, NetworkUnavailable, StorageUnavailable, HistoryUnavailable,
        Overloaded
        Withdrawn: the upload of this id was withdrawn; draw another id.
    """
    if id is None:
        return _admit(file, file_name, source, None, owner_of)
    with locks.exclusive(id):
        if doubtful.is_withdrawn(id):
            raise Withdrawn(f"{id} was refused and given up. Send it again.")
        upload = _kept(id)
        if upload:
            received.send_robust(sender=None, upload=upload)  # perhaps again
        else:
            upload = _admit(file, file_name, source, id, owner_of)
        doubtful.forget(id)
        return upload


def delete(upload: Upload) -> None:
    """Delete an upload's pictures, its record and all other data about it.

    The record goes last, because the other data are found through it: after an
    interruption, the deletion can be repeated.

    Raises:
        HistoryUnavailable: Cassandra is away; picture and record are still there.
    """
    pictures.set_aside(upload.stored_name)
    try:
        records.breaker.call(suggestions.delete, upload.id)
        _forget([upload.id])
        doubtful.forget(upload.id)
        records.delete(upload)
    except HistoryUnavailable:
        pictures.put_back(upload.stored_name)
        raise
    pictures.remove(upload.stored_name)
    records.disown(upload.id)


def delete_by_id(id: UUID) -> bool:
    """Delete all remains of an upload; return whether there were any.

    If Cassandra deleted a record but did not answer, the pictures are still there.
    """
    if upload := records.find(id):
        delete(upload)
        return True
    if id.version != 1:
        return False  # not drawn by `history.new_id`
    records.breaker.call(suggestions.delete, id)
    _forget([id])
    records.breaker.call(history.finish_deletion, id)
    suffixes = {format.suffix for format in pictures.FORMATS.values()}
    removed = [pictures.remove(_stored_name(id, suffix)) for suffix in suffixes]
    records.disown(id)
    return any([*removed, quarantine.remove(id)])


def purge_day(day: datetime.date, shards: int) -> int:
    """Delete all uploads of a day; return their number."""

    def remove(batch: list[Upload]) -> None:
        for upload in batch:
            pictures.remove(upload.stored_name)
        _forget([upload.id for upload in batch])

    return history.purge_day(day, shards, remove)


def forget_aged(until: datetime.datetime) -> None:
    """Delete data about uploads from before a time, which retention removed."""
    with transaction.atomic():
        aged.send(sender=None, until=until)
        records.drop_aged(until)


def _kept(id: UUID) -> Upload | None:
    """Return the upload that an earlier attempt kept completely, or None.

    While Cassandra is away, only the spool can be asked. A record already in Cassandra
    is then written again under the same id, which changes nothing.
    """
    try:
        upload = records.find(id)
    except HistoryUnavailable:
        return None
    is_whole = upload and pictures.path(upload.stored_name).exists()
    return upload if is_whole else None


def _admit(
    file: BinaryIO, file_name: str, source: str, id: UUID | None, owner_of: OwnerOf
) -> Upload:
    """Take a picture, or log in one line which file was refused, and why."""
    try:
        sent = pictures.PictureFile(file)
        # It frees its pixels before others reserve theirs.
        with pixel_budget.reserved(sent.memory_pixels), sent:
            return _receive(sent, file_name, source, id, owner_of)
    except UnreadablePicture as error:
        name = ascii(printable(file_name))
        logger.info("Refused %s by %s: %s (%s)", name, source, error.code, error)
        raise


def _receive(
    sent: pictures.PictureFile,
    file_name: str,
    source: str,
    id: UUID | None,
    owner_of: OwnerOf,
) -> Upload:
    sent.decode()
    width, height = sent.size
    prediction = served().classify(sent.picture)
    kept, format = sent.without_metadata()
    is_given, id = id is not None, id or history.new_id()
    upload = Upload(
        id=id,
        file_name=printable(file_name),
        media_type=format.media_type,
        width=width,
        height=height,
        sha256=sent.sha256,
        size_bytes=sent.size_bytes,
        class_names=list(prediction.class_names),
        probabilities=list(prediction.probabilities),
        class_name=prediction.class_name,
        probability=prediction.probability,
        is_sure=prediction.is_sure,
        network_version=prediction.network_version,
        preprocessing_version=prediction.preprocessing_version,
        latency_ms=prediction.latency_ms,
        is_cut_short=sent.is_cut_short,
        source=source,
    )
    upload.is_first_attempt = not is_given
    upload.owner = owner_of(id)
    upload.embedding = prediction.stored_embedding
    upload.stored_name = _stored_name(id, format.suffix)
    made = pictures.store(upload.stored_name, kept)
    _record(upload, made)
    if is_given and not _stays(id):
        doubtful.withdraw(id)
        pictures.discard(made)
        raise Withdrawn(f"{id} was deleted before. Send it again.")
    received.send_robust(sender=None, upload=upload)
    return upload


def _record(upload: Upload, made: list[Path]) -> None:
    """Keep the record; on failure, remove the files that this attempt made.

    Earlier files stay: they may belong to an attempt that was answered.
    """
    try:
        records.keep(upload)
    except NotTried:
        pictures.discard(made)
        raise
    except Exception:
        is_own = pictures.path(upload.stored_name) in made
        if is_own and doubtful.note(upload):
            pictures.discard(made)
        raise


def _stays(id: UUID) -> bool:
    """Tell whether the record is there: it is not if its id was deleted before."""
    try:
        return records.find(id) is not None
    except HistoryUnavailable:
        return True  # in the spool, or written a moment ago


def _forget(ids: list[UUID]) -> None:
    """Delete the data about uploads in the default database, all or nothing."""
    try:
        with transaction.atomic():
            deleted.send(sender=None, ids=ids)
            records.drop_waiting(ids)
    except DatabaseError as error:
        raise HistoryUnavailable(
            f"The default database deletes nothing now: {error}."
        ) from error


def _stored_name(id: UUID, suffix: str) -> str:
    return f"{timeuuid.created_at(id):%Y/%m/%d}/{id}.{suffix}"
