"""Promotes a checkpoint, rolls a promotion back, archives a checkpoint."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from .. import durable_files, prediction
from ..exceptions import NetworkUnavailable
from ..networks import checkpoints, promotions
from . import objections

ARCHIVE = "archived"


class Refused(RuntimeError):
    """A refused change of the checkpoints; the message gives the reason."""


@dataclass
class WorseNetwork(Refused):
    """The checkpoint is worse in some figure, and no reason was given."""

    objections: list[str]

    def __str__(self):
        ask = _("To serve it all the same, give a reason.")
        return " ".join([*self.objections, ask])


def promote(version, *, by, reason=""):
    """Make a checkpoint the served one, and return the Promotion.

    Args:
        version: of the checkpoint.
        by: the user.
        reason: required if it is worse than the served one.

    Raises:
        Refused: it is served already, or broken.
        WorseNetwork
    """
    reason = " ".join(reason.split())
    before = served_or_none()
    if before and before.version == version:
        raise Refused(_("%(version)s is served already.") % {"version": version})
    checkpoint = verified(version)
    if not reason and (found := objections.worse(checkpoint, before)):
        raise WorseNetwork(found)
    return promotions.serve(version, by=by, reason=reason)


def rollback(*, by, reason=""):
    """Serve the previous checkpoint again; return the Promotion.

    Raises:
        Refused: there is none, or it is broken.
    """
    before = promotions.previous()
    if not before:
        raise Refused(_("No checkpoint was served before this one."))
    verified(before[0])
    reason = " ".join(reason.split())
    return promotions.serve(before[0], by=by, reason=reason, is_rollback=True)


def archive(version):
    """Move a checkpoint to `archived/`, from where it can be moved back by hand.

    Raises:
        Refused: it is served, missing, or its name is taken there.
    """
    if version not in checkpoints.versions():
        raise Refused(_("There is no checkpoint %(version)s.") % {"version": version})
    if version == served_version():
        raise Refused(_("%(version)s is served.") % {"version": version})
    aside = settings.CHECKPOINTS_DIR / ARCHIVE
    if (aside / version).exists():
        raise Refused(_("There is %(path)s already.") % {"path": aside / version})
    aside.mkdir(exist_ok=True)
    (settings.CHECKPOINTS_DIR / version).rename(aside / version)
    for folder in (aside, settings.CHECKPOINTS_DIR):
        durable_files.sync(folder)
    return aside / version


def verified(version):
    """Open a checkpoint and let it answer, so that a broken one is never served.

    Raises:
        Refused: it cannot be served.
    """
    try:
        checkpoint = checkpoints.open_checkpoint(version)
        prediction.load(checkpoint)
    except NetworkUnavailable as error:
        raise Refused(str(error)) from error
    return checkpoint


def served_version():
    """Return the version to serve, None if none is named."""
    try:
        return checkpoints.served_version()
    except NetworkUnavailable:
        return None


def served_or_none(*, is_verified=False):
    """Open the served checkpoint, None if it is missing or broken."""
    try:
        return checkpoints.served(is_verified=is_verified)
    except NetworkUnavailable:
        return None
