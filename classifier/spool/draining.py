"""The drain: writes the spool to Cassandra, one process at a time, oldest first."""

import logging
import uuid

from deewhy.background import repeat

from .. import history
from ..exceptions import HistoryUnavailable
from .models import Lease, WaitingUpload
from .records import ask, breaker, retract

BATCH_SIZE = 100
LOOK_EVERY_S = 1.0
LEASE = "drain"

logger = logging.getLogger(__name__)


class AlreadyDraining(RuntimeError):
    """Another process drains the spool."""


def drain(report=lambda written: None, *, is_by_hand=False):
    """Write waiting records until none is left; return their number.

    A record leaves the spool once Cassandra has acknowledged it. Writing it twice is
    harmless, because its id is the key and the upload time is the write time. A record
    that Cassandra rejects is set aside and tried again after an hour.

    Args:
        report: called with the number written so far, after each batch.
        is_by_hand: whether to retry the records set aside, too.

    Raises:
        AlreadyDraining: another process has the lease.
        HistoryUnavailable: Cassandra does not answer; the rest keeps waiting.
    """
    owner = uuid.uuid4().hex
    written, last = 0, 0
    waiting = WaitingUpload.objects
    due = waiting.all() if is_by_hand else waiting.due()
    try:
        while batch := due.filter(number__gt=last)[:BATCH_SIZE]:
            if not Lease.take(LEASE, owner):
                raise AlreadyDraining
            written += _write(batch)
            last = batch[len(batch) - 1].number
            report(written)
    finally:
        Lease.give_back(LEASE, owner)
    return written


def start():
    """Drain in the background from now on; called in serving processes."""
    expected = (HistoryUnavailable, AlreadyDraining)
    repeat(look, name="drain", every_s=LOOK_EVERY_S, expected=expected)


def look():
    """Check whether Cassandra is back, and write the waiting records."""
    if breaker.is_open:
        breaker.attempt(_probe)
    retract()
    if WaitingUpload.objects.due().exists() and (written := breaker.attempt(drain)):
        logger.info("Cassandra took %d records from the spool.", written)


def _probe():
    """Write the oldest record: Cassandra may accept reads but no writes."""
    waiting = WaitingUpload.objects.due().first()
    if not (waiting and _is_acknowledged(waiting)):
        ask()


def _write(batch):
    acknowledged = []
    try:
        for waiting in batch:
            if _is_acknowledged(waiting):
                acknowledged.append(waiting.number)
    finally:
        WaitingUpload.objects.filter(number__in=acknowledged).delete()
    return len(acknowledged)


def _is_acknowledged(waiting):
    try:
        history.record(waiting.as_upload())
    except HistoryUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  one bad record must not block the others
        if not waiting.rejected_at:  # logged the first time only
            logger.error(
                "Cassandra rejects the record of upload %s, which is set aside. Mend "
                "the cause, then run manage.py drain. It says: %s",
                waiting,
                error,
            )
        waiting.reject(str(error) or type(error).__name__)
        return False
    return True
