"""Retention: deletes uploads that are `UPLOAD_TTL_DAYS` old, with all data about them.

A serving process deletes whole UTC days, and never trusts a single clock, because a
deletion is final. If no process does so for a week, Cassandra's time to live removes
the records.
"""

import datetime
import logging
import shutil
import uuid
from functools import partial
from pathlib import Path

from django.conf import settings

from deewhy.background import repeat

from .. import history, uploads
from ..exceptions import ClockInDoubt, HistoryUnavailable
from ..pictures import quarantine
from ..spool.models import ClockWatch, Lease
from . import agreed_clock

LOOK_EVERY_S = 3600
LEASE = "retention"
# After this time a record expires even if its pictures were not deleted first.
GRACE = datetime.timedelta(days=8)
TABLES = (
    "upload",
    "upload_by_sha256",
    "upload_by_file_name",
    "upload_by_name_start",
    "upload_suggestion",
    "embedding",
)

logger = logging.getLogger(__name__)


def time_to_live_s():
    """Return the time to live of a record in seconds, 0 for never."""
    if not settings.UPLOAD_TTL_DAYS:
        return 0
    kept = datetime.timedelta(days=settings.UPLOAD_TTL_DAYS)
    return int((kept + GRACE).total_seconds())


def look():
    """Delete old uploads, once the clock has run evenly for long enough.

    Raises:
        ClockInDoubt, HistoryUnavailable: nothing more is deleted now.
    """
    now = agreed_clock.agreed_now()
    if not ClockWatch.may_be_believed(now):
        return
    if deleted := delete_old():
        logger.info("Deleted %d uploads by their age.", deleted)
    uploads.forget_aged(now - datetime.timedelta(seconds=time_to_live_s()))


def delete_old():
    """Delete the days that are old enough; return the number of their uploads.

    Raises:
        ClockInDoubt: this machine and Cassandra disagree about the time.
        HistoryUnavailable: Cassandra does not answer; a later call goes on.
    """
    last = last_day(datetime.timedelta(settings.UPLOAD_TTL_DAYS))
    deleted, young = 0, set()
    for day, shards in history.days_between(datetime.date.min, last):
        if is_begun_by(day, last):
            deleted += uploads.purge_day(day, shards)
        else:
            young.add(day.isoformat())
    for folder in _folders():
        day = "-".join(folder.parts[-3:])
        if day <= last.isoformat() and day not in young:
            shutil.rmtree(folder)
    return deleted


def _folders():
    """Yield the folder of each day, of uploads and of the quarantine."""
    for root in (Path(settings.MEDIA_ROOT), quarantine.root()):
        yield from root.glob("????/??/??")


def last_day(age):
    """Return the last day whose last moment is older than an age.

    Raises:
        ClockInDoubt, HistoryUnavailable: the time is unknown.
    """
    return agreed_clock.agreed_now().date() - age - datetime.timedelta(1)


def is_begun_by(day, last):
    """Tell whether Cassandra's own time of a day confirms its age.

    The clock of the machine that made the records may have been slow: they are young.
    """
    begun_at = history.day_begun_at(day)
    return begun_at is None or begun_at.date() <= last


def start():
    """Look every hour from now on, where uploads do not stay for good."""
    if settings.UPLOAD_TTL_DAYS:
        look = partial(_look, uuid.uuid4().hex)
        expected = (HistoryUnavailable,)
        repeat(look, name="retention", every_s=LOOK_EVERY_S, expected=expected)


def _look(owner):
    """Look, in one process of all."""
    try:
        if Lease.take(LEASE, owner):
            look()
    except ClockInDoubt as error:
        logger.error("%s", error)
