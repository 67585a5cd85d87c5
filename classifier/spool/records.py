"""The record of an upload, in Cassandra or, while Cassandra is away, in the spool."""

import datetime
import logging
from collections.abc import Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError

from .. import history, pictures, timeuuid
from ..exceptions import HistoryUnavailable
from ..models import Upload
from . import doubtful
from .breaker import Breaker, NotTried
from .models import WaitingUpload

RETRY_AFTER_S = 5.0  # the drain's thread probes more often, so visitors need not

logger = logging.getLogger(__name__)
breaker = Breaker(RETRY_AFTER_S)
retract = doubtful.retract
_writers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="history")


def keep(upload: Upload) -> None:
    """Return once the record is acknowledged by Cassandra or in the spool.

    Raises:
        NotTried: both databases are away, and Cassandra was not asked.
        HistoryUnavailable: both are away, and the record may have reached Cassandra.
    """
    try:
        breaker.call(_record_within_deadline, upload)
    except HistoryUnavailable as error:
        try:
            WaitingUpload.objects.add(upload)
        except DatabaseError as database_error:
            refusal = NotTried if isinstance(error, NotTried) else HistoryUnavailable
            raise refusal(
                f"Cassandra is away, and the default database does not take the record "
                f"either: {database_error}. Mend one of them."
            ) from error


def find(id: UUID) -> Upload | None:
    """Return the upload with an id, from Cassandra or from the spool, or None.

    Raises:
        HistoryUnavailable: Cassandra is away and the upload is not in the spool.
    """
    try:
        found = breaker.call(history.get, id)
    except HistoryUnavailable:
        if waiting := _waiting(id):
            return waiting
        raise
    # The drain may have moved it between the two reads.
    return found or _waiting(id) or history.get(id)


def of_owners(names: Collection[str]) -> list[Upload]:
    """Return the readable uploads of some owners, newest first."""
    found = {}
    with suppress(HistoryUnavailable):
        found |= {one.id: one for one in breaker.call(history.of_owners, names)}
    with suppress(DatabaseError):
        found |= {one.id: one for one in WaitingUpload.objects.of_owners(names)}
    return sorted(
        found.values(), key=lambda upload: timeuuid.order(upload.id), reverse=True
    )


def owns(owner: str, id: UUID) -> bool:
    """Tell whether an owner has an upload.

    Raises:
        HistoryUnavailable: Cassandra is away and the upload is not in the spool.
    """
    try:
        if breaker.call(history.owns, owner, id):
            return True
    except HistoryUnavailable:
        if waiting := _waiting(id):
            return waiting.owner == owner
        raise
    with suppress(HistoryUnavailable):  # then the spool has none, either
        waiting = _waiting(id)
        return waiting is not None and waiting.owner == owner
    return False


def disown(id: UUID) -> None:
    """Remove the owner of a deleted upload; after a failure it expires by itself."""
    try:
        breaker.call(history.disown, id)
    except HistoryUnavailable as error:
        logger.warning("Whose upload %s was is kept for some days: %s", id, error)


def ask() -> None:
    """Read a little from Cassandra.

    Raises:
        HistoryUnavailable: it does not answer.
    """
    if not history.is_available():
        raise HistoryUnavailable("Cassandra does not answer yet.")


def is_available() -> bool:
    """Tell whether Cassandra answers; immediate after a recent failure."""
    try:
        breaker.call(ask)
    except HistoryUnavailable:
        return False
    return True


def delete(upload: Upload) -> None:
    """Delete a record from both places; a write in flight does not bring it back."""
    breaker.call(history.delete, upload)
    drop_waiting([upload.id])


def drop_waiting(ids: Iterable[UUID]) -> None:
    """Delete the records of deleted uploads from the spool."""
    WaitingUpload.objects.filter(id__in=ids).delete()


def drop_aged(until: datetime.datetime) -> None:
    """Delete the records from before a time, after their pictures."""
    drop_waiting(
        [
            waiting.id
            for waiting in WaitingUpload.objects.all()
            if timeuuid.created_at(waiting.id) < until
            and not pictures.path(waiting.as_upload().stored_name).exists()
        ]
    )


def _waiting(id: UUID) -> Upload | None:
    try:
        return WaitingUpload.objects.find(id)
    except DatabaseError as error:
        raise HistoryUnavailable(f"The spool cannot be read: {error}.") from error


def _record_within_deadline(upload: Upload) -> None:
    """Write to Cassandra; the deadline includes connecting, the schema and retries.

    A late write is harmless: the spool writes the same record again.
    """
    acknowledged: Future[None] = Future()
    try:
        _writers.submit(_record, upload, acknowledged)
    except RuntimeError as error:  # no more threads can be started
        raise HistoryUnavailable("The process is ending.") from error
    try:
        acknowledged.result(settings.HISTORY_DEADLINE_S)
    except TimeoutError as error:
        raise HistoryUnavailable(
            f"Cassandra did not acknowledge within {settings.HISTORY_DEADLINE_S:g} s."
        ) from error


def _record(upload: Upload, acknowledged: Future[None]) -> None:
    """Report the written record before the counters: those are slow without a node."""
    try:
        history.record(upload, lambda: acknowledged.set_result(None))
    except Exception as error:  # noqa: BLE001  re-raised by the waiting thread
        if acknowledged.done():
            logger.exception("An upload is recorded, but not counted.")
        else:
            acknowledged.set_exception(error)
