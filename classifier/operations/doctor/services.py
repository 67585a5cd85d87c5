"""The databases, the spool between them, and their clocks."""

import datetime

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from deewhy.cassandra import session
from deewhy.cassandra.migrations import Schema
from deewhy.cassandra.routers import CASSANDRA

from ... import history
from ...exceptions import HistoryUnavailable
from ...spool.models import ClockWatch, WaitingUpload
from .finding import Finding

MAX_CLOCK_DIFFERENCE = datetime.timedelta(seconds=5)


def default_database():
    part = _("default database")
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding(part, str(error), _("Start it, or correct DATABASE_URL."))
    if plan:
        said = _("%(count)d migrations are missing") % {"count": len(plan)}
        return Finding(part, said, _("Run manage.py migrate."))
    return Finding(part, _("answers, up to date"))


def cassandra():
    part = "Cassandra"
    config = connections[CASSANDRA].settings_dict
    try:
        schema = Schema(
            session.connect(),
            config["NAME"],
            config["OPTIONS"]["replication"],
        )
        plan = schema.plan()
    except session.UNAVAILABLE as error:
        return Finding(
            part,
            str(error),
            _("Start it (manage.py cassandra start), or correct CASSANDRA_HOSTS."),
        )
    if plan:
        said = _("%(count)d migrations are missing") % {"count": len(plan)}
        return Finding(part, said, _("Run manage.py migrate."))
    return Finding(part, _("answers, up to date"))


def spool():
    part = _("spool")
    try:
        waiting = WaitingUpload.objects.filter(rejected_at=None)
        count, oldest = waiting.count(), waiting.first()
    except DatabaseError as error:
        return Finding(part, str(error), _("Run manage.py migrate."))
    if not oldest:
        return Finding(part, _("empty"))
    said = _("%(count)d records wait for Cassandra, the oldest for %(time)s") % {
        "count": count,
        "time": timesince(oldest.spooled_at),
    }
    return Finding(part, said, _("Start Cassandra, then run manage.py drain."))


def set_aside():
    """Yield a finding if Cassandra rejects records, which then stay in the spool."""
    try:
        rejected = list(WaitingUpload.objects.rejected())
    except DatabaseError:
        return  # the finding before reports it
    if rejected:
        said = _(
            "%(count)d records are set aside, as Cassandra rejects them: %(reason)s"
        ) % {"count": len(rejected), "reason": rejected[0].rejection}
        cure = _(
            "None is lost: the admin lists them among the waiting uploads. Fix "
            "the named cause, then run manage.py drain."
        )
        yield Finding(_("spool"), said, cure)


def clock():
    part = _("clock")
    try:
        difference = abs(timezone.now() - history.now())
    except HistoryUnavailable:
        return Finding(part, _("no other clock to compare"))
    said = _("%(seconds).1f s from Cassandra's") % {
        "seconds": difference.total_seconds()
    }
    if difference > MAX_CLOCK_DIFFERENCE:
        return Finding(part, said, _("Synchronise both machines by NTP."))
    return Finding(part, said, advice=_clock_advice())


def _clock_advice():
    """Return the time from which retention acts, while it waits."""
    try:
        watch = settings.UPLOAD_TTL_DAYS and ClockWatch.objects.first()
    except DatabaseError:
        return ""  # another finding reports it
    if not watch or watch.believed_from <= timezone.now():
        return ""
    return _(
        "It was not read for a week, or it was changed. If it is wrong, correct "
        "it before %(time)s: from then on old uploads are deleted."
    ) % {"time": f"{watch.believed_from:%Y-%m-%d %H:%M} UTC"}
