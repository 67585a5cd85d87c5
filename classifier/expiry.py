"""Uploads go when they are `UPLOAD_TTL_DAYS` old: records, lookups and pictures.

Whole UTC days at a time, by the process that serves. Where none runs for a week,
Cassandra forgets the records by itself.
"""

import datetime
import logging
import shutil
import threading
import uuid
from pathlib import Path

from django.conf import settings
from django.db import connection

from . import history, pictures
from .exceptions import HistoryUnavailable
from .spool.models import Lease

LOOK_EVERY_S = 3600
LEASE = "expiry"
# Then a record goes even if nobody comes to remove its pictures first.
GRACE = datetime.timedelta(days=8)
TABLES = (
    "upload",
    "upload_by_sha256",
    "upload_by_file_name",
    "upload_suggestion",
)

logger = logging.getLogger(__name__)


def time_to_live_s():
    """Return after how many seconds Cassandra drops a record, 0 for never."""
    if not settings.UPLOAD_TTL_DAYS:
        return 0
    kept = datetime.timedelta(days=settings.UPLOAD_TTL_DAYS)
    return int((kept + GRACE).total_seconds())


def expire():
    """Delete the days that are old enough; return how many uploads those had.

    Raises:
        HistoryUnavailable: Cassandra does not answer; a later call goes on.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    last = today - datetime.timedelta(days=settings.UPLOAD_TTL_DAYS + 1)
    deleted = sum(
        history.purge_day(day, shards, _remove)
        for day, shards in history.days_between(datetime.date.min, last)
    )
    for folder in Path(settings.MEDIA_ROOT).glob("????/??/??"):
        if "-".join(folder.parts[-3:]) <= last.isoformat():
            shutil.rmtree(folder)
    return deleted


def start():
    """Look every hour from now on, where uploads do not stay for good."""
    if settings.UPLOAD_TTL_DAYS:
        threading.Thread(target=_run, name="expiry", daemon=True).start()


def _run():
    tick = threading.Event()
    owner = uuid.uuid4().hex
    while threading.main_thread().is_alive():  # else the process is ending
        try:
            if Lease.take(LEASE, owner) and (deleted := expire()):
                logger.info("Deleted %d uploads by their age.", deleted)
        except HistoryUnavailable:
            pass  # the next look tries again
        except Exception:  # noqa: BLE001  a thread that ends would delete nothing ever
            logger.exception("Old uploads cannot be deleted.")
        finally:
            connection.close()
        tick.wait(LOOK_EVERY_S)


def _remove(stored_name):
    if stored_name:  # Cassandra may have forgotten all of a record but its correction
        pictures.remove(stored_name)
