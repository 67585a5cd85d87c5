"""What `manage.py doctor` looks at: what each check found, and how to mend it."""

import datetime
import http.client
import json
import os
import resource
import shutil
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from deewhy.cassandra import session
from deewhy.cassandra.migrations import Schema
from deewhy.cassandra.routers import CASSANDRA

from .. import history
from ..exceptions import HistoryUnavailable, NetworkUnavailable
from ..networks import checkpoints, promotions
from ..spool.models import ClockWatch, WaitingUpload
from . import orphans

ENOUGH_DISK_BYTES = 1 << 30
LOW_DISK_SHARE = 0.1
ENOUGH_FILES = 1024  # a process's connections, and the files of its uploads
MAX_CLOCK_DIFFERENCE = datetime.timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the service, what was seen of it, and the cure if it is ill.

    One that is well may come with advice.
    """

    part: str
    said: str
    cure: str = ""
    advice: str = ""

    @property
    def is_well(self):
        return not self.cure


def examine(request=None):
    """Yield a finding for each part, the quick ones first.

    Args:
        request: one that came from outside, where there is one.
    """
    yield _public_url(request)
    yield _default_database()
    yield _cassandra()
    yield _spool()
    yield from _set_aside()
    for name in ("MEDIA_ROOT", "VAR_DIR"):
        yield _folder(name, Path(getattr(settings, name)))
    yield _checkpoint()
    yield _static_files()
    yield _clock()
    yield _file_limits()
    yield _two_factor()


def examine_pictures(days):
    """Return a finding on pictures of the last days, and the orphans among them."""
    part = _("pictures")
    try:
        found = list(orphans.find(days))
    except HistoryUnavailable as error:
        return Finding(part, str(error), _("Start Cassandra, then check again.")), []
    if not found:
        return Finding(part, _("each has its record")), []
    said = _("%(count)d have no record") % {"count": len(found)}
    return Finding(part, said, _("Run manage.py doctor --fix.")), found


def _public_url(request):
    part = f"PUBLIC_URL ({settings.PUBLIC_URL})"
    if request:
        host = getattr(request, "asked_host", request.get_host())
        seen = f"{request.scheme}://{host}{settings.FORCE_SCRIPT_NAME or ''}"
        if seen not in (url.geturl() for url in settings.PUBLIC_URLS):
            said = _("this page was requested at %(address)s") % {"address": seen}
            cure = _("Set PUBLIC_URL=%(address)s, if people use that address.")
            return Finding(part, said, cure % {"address": seen})
        return Finding(part, _("is the address of this page"))
    try:
        with urllib.request.urlopen(
            f"{settings.PUBLIC_URL}/healthz", timeout=5
        ) as said:
            if json.load(said) == {"status": "ok"}:
                return Finding(part, _("answers"))
            error = _("another service answers")
    except (OSError, ValueError, http.client.HTTPException) as failure:
        error = str(failure)
    return Finding(part, error, _("Start the service, or correct PUBLIC_URL."))


def _default_database():
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


def _cassandra():
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


def _spool():
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


def _set_aside():
    """Yield a finding where Cassandra rejects records, which then cannot leave."""
    try:
        rejected = list(WaitingUpload.objects.rejected())
    except DatabaseError:
        return  # the one before says so
    if rejected:
        said = _(
            "%(count)d records are set aside, as Cassandra rejects them: %(reason)s"
        ) % {"count": len(rejected), "reason": rejected[0].rejection}
        cure = _(
            "None is lost: the admin lists them among the waiting uploads. Fix "
            "the named cause, then run manage.py drain."
        )
        yield Finding(_("spool"), said, cure)


def _why_not(error):
    """Say why a folder takes no file, in the reader's language where that is usual."""
    if isinstance(error, FileNotFoundError):
        return _("does not exist")
    if isinstance(error, PermissionError):
        return _("is not writable")
    return error.strerror


def _folder(name, path):
    part = f"{name} ({path})"
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"\0")
            os.fsync(file.fileno())
        total, _used, free = shutil.disk_usage(path)
    except OSError as error:
        cure = _("Create the folder, or repair its permissions or its disk.")
        return Finding(part, _why_not(error), cure)
    said = _("%(size)s free") % {"size": filesizeformat(free)}
    if free < ENOUGH_DISK_BYTES:
        return Finding(part, said, _("Free disk space, or move the folder."))
    if free < total * LOW_DISK_SHARE:
        advice = _(
            "Less than a tenth of the disk is free. Free some space before it is full."
        )
        return Finding(part, said, advice=advice)
    return Finding(part, said)


def _checkpoint():
    part = _("checkpoint")
    try:
        return Finding(part, _served_since(checkpoints.served().version))
    except NetworkUnavailable as error:
        cure = _("Run manage.py networks rollback, or manage.py train.")
        return Finding(part, str(error), cure)


def _served_since(version):
    """Return the name of the served checkpoint, and since when it is served."""
    promotion = promotions.of_served()
    if promotion is None:
        return version
    return _("%(version)s, since %(time)s, by %(by)s") % {
        "version": version,
        "time": f"{promotion.at:%Y-%m-%d %H:%M} UTC",
        "by": promotion.by,
    }


def _static_files():
    part = _("static files")
    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    if not settings.PRODUCTION:
        return Finding(part, _("served from their sources"))
    if not manifest.exists():
        said = _("%(path)s is missing") % {"path": manifest}
        return Finding(part, said, _("Run manage.py collectstatic."))
    return Finding(part, _("collected"))


def _clock():
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
    """Say that nothing goes by its age yet, where that is so, and until when."""
    try:
        watch = settings.UPLOAD_TTL_DAYS and ClockWatch.objects.first()
    except DatabaseError:
        return ""  # another finding says so
    if not watch or watch.believed_from <= timezone.now():
        return ""
    return _(
        "It was not read for a week, or it was changed. If it is wrong, correct "
        "it before %(time)s: from then on old uploads are deleted."
    ) % {"time": f"{watch.believed_from:%Y-%m-%d %H:%M} UTC"}


def _file_limits():
    part = _("limits of the process")
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files < ENOUGH_FILES:
        said = _("%(count)d open files") % {"count": files}
        return Finding(part, said, f"ulimit -n {ENOUGH_FILES}")
    size, _hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if size != resource.RLIM_INFINITY and size < settings.MAX_UPLOAD_BYTES:
        said = _("files of at most %(size)s") % {"size": filesizeformat(size)}
        return Finding(part, said, "ulimit -f unlimited")
    return Finding(part, _("%(count)d open files") % {"count": files})


def _two_factor():
    part = _("two-step sign-in")
    if settings.ADMIN_TWO_FACTOR:
        return Finding(part, _("required for staff"))
    said = _("optional for staff")
    if not settings.PRODUCTION:
        return Finding(part, said)
    advice = _("Set ADMIN_TWO_FACTOR=true, so that a stolen password is not enough.")
    return Finding(part, said, advice=advice)
