"""The examination by `manage.py doctor`: a finding for each part, with its cure."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ...exceptions import HistoryUnavailable
from .. import orphans
from . import machine, services, site
from .finding import Finding

__all__ = ["Finding", "examine", "examine_pictures"]


def examine(request=None):
    """Yield a finding for each part, the quick ones first.

    Args:
        request: a request from outside, if there is one.
    """
    yield site.public_url(request)
    yield services.default_database()
    yield services.cassandra()
    yield services.spool()
    yield from services.set_aside()
    for name in ("MEDIA_ROOT", "VAR_DIR"):
        yield machine.folder(name, Path(getattr(settings, name)))
    yield site.checkpoint()
    yield site.static_files()
    yield services.clock()
    yield machine.file_limits()
    yield site.two_factor()


def examine_pictures(days):
    """Return a finding about the pictures of the last days, and their orphans."""
    part = _("pictures")
    try:
        found = list(orphans.find(days))
    except HistoryUnavailable as error:
        return Finding(part, str(error), _("Start Cassandra, then check again.")), []
    if not found:
        return Finding(part, _("each has its record")), []
    said = _("%(count)d have no record") % {"count": len(found)}
    return Finding(part, said, _("Run manage.py doctor --fix.")), found
