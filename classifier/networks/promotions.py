"""The log of promotions in `promotions.jsonl`: user, time and reason.

`checkpoints/served` alone decides which checkpoint answers. The log is written first,
so that every change has an entry; an entry without a change is skipped.
"""

import datetime
import fcntl
import getpass
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.conf import settings

from .. import durable_files
from ..exceptions import NetworkUnavailable
from . import checkpoints

LOG = "promotions.jsonl"
LOCK = ".promotions.lock"


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of the served checkpoint."""

    version: str
    previous: str | None
    at: datetime.datetime
    by: str
    reason: str = ""
    is_rollback: bool = False

    def line(self):
        """Return it as a line of the log."""
        text = json.dumps({**asdict(self), "at": self.at.isoformat()})
        return f"{text}\n"

    @classmethod
    def of(cls, line):
        """Read a line of the log."""
        values = json.loads(line)
        at = datetime.datetime.fromisoformat(values.pop("at"))
        return cls(at=at, **values)


def serve(version, *, by, reason="", is_rollback=False):
    """Make a checkpoint the served one, and log the user and the reason."""
    with _alone():
        previous = _served_or_none()
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        promotion = Promotion(version, previous, now, by, reason, is_rollback)
        lines = "".join(each.line() for each in [*log(), promotion])
        durable_files.replace(_path(), lines.encode())
        checkpoints.serve(version)
    return promotion


def log():
    """Return every Promotion, oldest first."""
    try:
        text = _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [Promotion.of(line) for line in text.splitlines() if line.strip()]


def of_served():
    """Return the Promotion of the served checkpoint, or None."""
    last = next(reversed(log()), None)
    return last if last and last.version == _served_or_none() else None


def previous():
    """Return the formerly served checkpoints that still exist, newest first."""
    before = _course()[:-1]
    known = checkpoints.versions()
    return [version for version in reversed(before) if version in known]


def operator():
    """Return the account that runs this process, by name or number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return str(os.getuid())


def _course():
    """Return the checkpoints up to the served one; a rollback removes the last."""
    course = []
    for promotion in log():
        _go_to(course, promotion.previous)
        if promotion.is_rollback:
            _go_to(course, promotion.version)
        elif promotion.version != promotion.previous:
            course.append(promotion.version)
    _go_to(course, _served_or_none())
    return course


def _go_to(course, version):
    """Remove the versions after a version, which may have been named by hand."""
    if version in course:
        while course[-1] != version:
            course.pop()
    elif version is not None:
        course.append(version)


def _served_or_none():
    try:
        return checkpoints.served_version()
    except NetworkUnavailable:
        return None


def _path():
    return settings.CHECKPOINTS_DIR / LOG


@contextmanager
def _alone():
    """Lock the promotions against concurrent changes."""
    settings.CHECKPOINTS_DIR.mkdir(parents=True, exist_ok=True)
    with open(settings.CHECKPOINTS_DIR / LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
