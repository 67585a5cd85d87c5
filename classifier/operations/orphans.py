"""Orphans: pictures without a record, left by a crash between storing and recording."""

import datetime
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .. import pictures, uploads
from ..exceptions import UnreadablePicture
from ..pictures import quarantine
from ..spool import records

GRACE_S = 600  # younger files may belong to an upload in progress


# These codes mean that a file is no picture; other refusals may come from a limit that
# was higher at the time of the upload.
UNDECODABLE = frozenset(("empty", "not_a_picture", "damaged", "unreadable"))
ABOVE_LIMITS = {
    "too_large": "MAX_UPLOAD_BYTES",
    "too_many_pixels": "MAX_UPLOAD_PIXELS",
}


@dataclass(slots=True)
class Orphan:
    """The files of one id in one folder without a record.

    After `mend` has returned False, `reason` tells why, and `folder` is the present
    folder of the files, None if none was moved.
    """

    id: uuid.UUID
    paths: tuple[Path, ...]
    reason: str = ""
    folder: Path | None = None

    @property
    def original(self):
        """Return the original file, or None if the crash came before it."""
        names = {f"{self.id}.{each.suffix}" for each in pictures.FORMATS.values()}
        return next((path for path in self.paths if path.name in names), None)

    def mend(self):
        """Classify and record the picture; return whether it is recorded.

        Unusable files go into quarantine. A picture above today's limits stays in
        place.
        """
        if self._finish_deletion():
            self.reason = _("Its interrupted deletion is complete now.")
            return False
        if not (original := self.original):
            return self._quarantine(_("The picture itself is not there."))
        try:
            with original.open("rb") as file:
                uploads.receive(
                    file, file_name=original.name, source="command", id=self.id
                )
        except uploads.Withdrawn:
            return self._quarantine(_("The upload was deleted."))
        except UnreadablePicture as error:
            if error.code in UNDECODABLE:
                return self._quarantine(str(error))
            self.reason = _reason_to_leave(error)
            return False
        return True

    @property
    def is_left(self):
        """Tell whether any file is still in its old place."""
        return any(path.exists() for path in self.paths)

    def _finish_deletion(self):
        """Delete the files set aside by a deletion; return whether that was all."""
        for path in filter(pictures.is_set_aside, self.paths):
            path.unlink(missing_ok=True)
        return not self.is_left

    def _quarantine(self, reason):
        self.reason = reason
        if there := [path for path in self.paths if path.exists()]:
            self.folder = quarantine.move(self.id, there, reason)
        return False


def find(days):
    """Yield the orphans of the last days, or of all days for 0.

    Raises:
        HistoryUnavailable: Cassandra has to answer for files without a spool record.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    first = today - datetime.timedelta(days - 1) if days else datetime.date.min
    for folder in sorted(Path(settings.MEDIA_ROOT).glob("????/??/??")):
        if "-".join(folder.parts[-3:]) >= first.isoformat():
            for id, paths in _by_id(folder).items():
                if _is_settled(paths) and records.find(id) is None:
                    yield Orphan(id, paths)


def _reason_to_leave(error):
    if setting := ABOVE_LIMITS.get(error.code):
        return _("It is above today's limits: raise %(setting)s, then try again.") % {
            "setting": setting
        }
    return str(error)


def _by_id(folder):
    """Group a day's files by the id at the start of their names."""
    paths = {}
    for path in folder.iterdir():
        try:
            id = uuid.UUID(path.name.lstrip(".").partition(".")[0])
        except ValueError:
            continue  # another program's file
        paths[id] = (*paths.get(id, ()), path)
    return paths


def _is_settled(paths):
    return time.time() - max(path.stat().st_mtime for path in paths) > GRACE_S
