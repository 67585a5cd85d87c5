"""Reviewed uploads with their embeddings, for training; a frozen part for tests.

Visitors' suggestions change no network before a person has confirmed them.
"""

import datetime
import hashlib
import shlex
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from django.utils.translation import gettext_noop as _

from .. import history
from ..evaluation.metrics import NO_CLASS
from ..history import Filters
from ..models import Upload

BATCH = 500
FROZEN_SHARE = 5  # every fifth upload is frozen
# No secret: it separates this choice from other uses of the digest.
FROZEN_KEY = b"deewhy: frozen part of the reviewed uploads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The reviewed uploads to train on; the frozen part is always complete."""

    since: datetime.datetime | None = None
    class_name: str | None = None  # by the review
    is_confirmed: bool = False  # only confirmed answers
    most: int | None = None  # per class, the newest

    def takes(self, upload):
        """Tell whether to train on an upload, apart from the limit per class."""
        return (
            (self.since is None or upload.created_at >= self.since)
            and self.class_name in (None, upload.corrected_class_name)
            and not (self.is_confirmed and not upload.is_right)
        )

    def as_dict(self):
        """Return the selection for a card."""
        return {
            "since": self.since and self.since.isoformat(),
            "class": self.class_name,
            "only_confirmed": self.is_confirmed,
            "most": self.most,
        }

    @property
    def command(self):
        """Return the command line that learns from the same selection."""
        values = {
            "--since": self.since and self.since.isoformat(),
            "--class": self.class_name,
            "--most": self.most,
        }
        words = ["manage.py", "train", "--from-history"]
        for name, value in values.items():
            words += [name, str(value)] if value is not None else []
        return shlex.join(words + ["--only-confirmed"] * self.is_confirmed)


@dataclass(slots=True)
class Reviewed:
    """Reviewed uploads, newest first, one of each picture."""

    uploads: list[Upload] = field(default_factory=list)
    levels: list[bytes] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # NO_CLASS for "none of these"
    # The numbers of unused uploads, by reason.
    left_out: Counter = field(default_factory=Counter)

    @property
    def is_frozen(self):
        """Tell which uploads are never trained on: bool (n,)."""
        return np.array([is_frozen(each.sha256) for each in self.uploads], bool)

    def embeddings(self, projection):
        """Return the embeddings: float32 (n, dimensions)."""
        size = len(projection.step)
        levels = np.frombuffer(b"".join(self.levels), np.int8).reshape(-1, size)
        return projection.restore(levels)


def read(version, class_names):
    """Read every reviewed upload.

    Args:
        version: of the embeddings.
        class_names: of the network to train.

    Raises:
        HistoryUnavailable
    """
    found, seen = Reviewed(), {}
    labels = {name: label for label, name in enumerate(class_names)}
    labels[history.NONE_OF_THESE] = NO_CLASS
    uploads = history.everything(Filters(is_corrected=True))
    while batch := list(islice(uploads, BATCH)):
        for upload, levels in zip(
            batch, history.levels_of(batch, version), strict=True
        ):
            if upload.corrected_class_name not in labels:
                found.left_out[_("another class")] += 1
            elif levels is None:
                found.left_out[_("no embedding")] += 1
            else:
                _add(found, seen, upload, levels, labels[upload.corrected_class_name])
    return found


def is_frozen(sha256):
    """Tell whether pictures with a digest are for measurement only."""
    digest = hashlib.blake2b(sha256.encode(), key=FROZEN_KEY, digest_size=8).digest()
    return int.from_bytes(digest, "big") % FROZEN_SHARE == 0


def newest_of_each(labels, most):
    """Tell the first ones of each label, up to a limit: bool (n,)."""
    counts = Counter()
    kept = []
    for label in labels:
        counts[label] += 1
        kept.append(most is None or counts[label] <= most)
    return np.array(kept, bool)


def _add(found, seen, upload, levels, label):
    """Add an upload; for repeated pictures, the latest review counts."""
    place = seen.get(upload.sha256)
    if place is None:
        seen[upload.sha256] = len(found.uploads)
        found.uploads.append(upload)
        found.levels.append(levels)
        found.labels.append(label)
        return
    found.left_out[_("the same picture")] += 1
    if upload.corrected_at > found.uploads[place].corrected_at:
        found.uploads[place], found.labels[place] = upload, label
