"""The uploads that a person has reviewed, with their embeddings: to learn from, and a
frozen part of them to measure on.

What visitors suggest changes no network before a person has confirmed it.
"""

import datetime
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from .. import history
from ..evaluation.metrics import NO_CLASS
from ..history import Filters
from ..models import Upload

BATCH = 500
FROZEN_SHARE = 5  # one in so many is frozen
# Not a secret: it makes the choice another one than that of other users of the digest.
FROZEN_KEY = b"deewhy: frozen part of the reviewed uploads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which reviewed uploads to learn from; the frozen part is always all of it."""

    since: datetime.datetime | None = None
    class_name: str | None = None  # that a person says they are of
    is_confirmed: bool = False  # only those whose answer was right
    most: int | None = None  # of a class, the newest

    def takes(self, upload):
        """Tell whether to learn from an upload, whatever there is of its class."""
        return (
            (self.since is None or upload.created_at >= self.since)
            and self.class_name in (None, upload.corrected_class_name)
            and not (self.is_confirmed and not upload.is_right)
        )

    def as_dict(self):
        """Return what was asked for, for a card."""
        return {
            "since": self.since and self.since.isoformat(),
            "class": self.class_name,
            "only_confirmed": self.is_confirmed,
            "most": self.most,
        }


@dataclass(slots=True)
class Reviewed:
    """Reviewed uploads, newest first, one of each picture."""

    uploads: list[Upload] = field(default_factory=list)
    levels: list[bytes] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # NO_CLASS for "none of these"
    # How many were left out, by the reason.
    left_out: Counter = field(default_factory=Counter)

    @property
    def is_frozen(self):
        """Tell which are never learnt from: bool (n,)."""
        return np.array([is_frozen(each.sha256) for each in self.uploads], bool)

    def embeddings(self, projection):
        """Return their embeddings: float32 (n, dimensions)."""
        size = len(projection.step)
        levels = np.frombuffer(b"".join(self.levels), np.int8).reshape(-1, size)
        return projection.restore(levels)


def read(version, class_names):
    """Read every reviewed upload.

    Args:
        version: of the embedding that is needed.
        class_names: of the network that is to learn.

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
                found.left_out["another class"] += 1
            elif levels is None:
                found.left_out["no embedding"] += 1
            else:
                _add(found, seen, upload, levels, labels[upload.corrected_class_name])
    return found


def is_frozen(sha256):
    """Tell whether pictures of a digest are measured on, and never learnt from."""
    digest = hashlib.blake2b(sha256.encode(), key=FROZEN_KEY, digest_size=8).digest()
    return int.from_bytes(digest, "big") % FROZEN_SHARE == 0


def newest_of_each(labels, most):
    """Tell which come first of each label, at most so many: bool (n,)."""
    counts = Counter()
    kept = []
    for label in labels:
        counts[label] += 1
        kept.append(most is None or counts[label] <= most)
    return np.array(kept, bool)


def _add(found, seen, upload, levels, label):
    """Add an upload; of one picture, what was said last counts."""
    place = seen.get(upload.sha256)
    if place is None:
        seen[upload.sha256] = len(found.uploads)
        found.uploads.append(upload)
        found.levels.append(levels)
        found.labels.append(label)
        return
    found.left_out["the same picture"] += 1
    if upload.corrected_at > found.uploads[place].corrected_at:
        found.uploads[place], found.labels[place] = upload, label
