"""Pictures without a record: what a crash between keeping and recording leaves."""

import datetime
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from . import pictures, uploads
from .exceptions import UnreadablePicture
from .spool import records

GRACE_S = 600  # younger files may belong to an upload that is under way


@dataclass(frozen=True, slots=True)
class Orphan:
    """The files of one id in one folder, none of which a record names."""

    id: uuid.UUID
    paths: tuple[Path, ...]

    @property
    def original(self):
        """Return the file as it was sent, or None where it did not get that far."""
        names = {f"{self.id}.{each.suffix}" for each in pictures.FORMATS.values()}
        return next((path for path in self.paths if path.name in names), None)

    def mend(self):
        """Classify and record the picture, or remove what is no whole one.

        Returns whether it was recorded.
        """
        if original := self.original:
            try:
                with original.open("rb") as file:
                    uploads.receive(
                        file, file_name=original.name, source="command", id=self.id
                    )
                return True
            except UnreadablePicture:
                pass
        for path in self.paths:
            path.unlink(missing_ok=True)
        return False


def find(days):
    """Yield the orphans of the last days; of all days where that is 0.

    Raises:
        HistoryUnavailable: Cassandra must answer for what is not in the spool.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    first = today - datetime.timedelta(days - 1) if days else datetime.date.min
    for folder in sorted(Path(settings.MEDIA_ROOT).glob("????/??/??")):
        if "-".join(folder.parts[-3:]) >= first.isoformat():
            for id, paths in _by_id(folder).items():
                if _is_settled(paths) and records.find(id) is None:
                    yield Orphan(id, paths)


def _by_id(folder):
    """Group a day's files by the id that their names begin with."""
    paths = {}
    for path in folder.iterdir():
        try:
            id = uuid.UUID(path.name.lstrip(".").partition(".")[0])
        except ValueError:
            continue  # not ours
        paths[id] = (*paths.get(id, ()), path)
    return paths


def _is_settled(paths):
    return time.time() - max(path.stat().st_mtime for path in paths) > GRACE_S
