"""The facts about each checkpoint, for the command and the admin."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ..evaluation.metrics import wilson_interval
from ..exceptions import NetworkUnavailable
from ..networks import checkpoints, promotions
from ..networks.promotions import Promotion
from . import promotion


@dataclass(frozen=True, slots=True)
class Figure:
    """The accuracy of a network on one set of pictures."""

    kind: str  # "image" or "photograph"
    pictures_of: str  # "test", "cross_validation", "reviewed"
    accuracy: float
    interval: tuple[float, float]

    @property
    def key(self):
        return self.kind, self.pictures_of

    def __str__(self):
        low, high = self.interval
        name = self.pictures_of.replace("_", " ")
        return f"{self.kind}s, {name}: {self.accuracy:.2%} ({low:.2%} to {high:.2%})"


@dataclass(frozen=True, slots=True)
class Entry:
    """A checkpoint in the list."""

    version: str
    card: dict
    problem: str  # the reason if its card is unreadable
    size_bytes: int
    is_served: bool
    promotion: Promotion | None  # the latest one

    @property
    def figures(self):
        """Return a Figure for each set of test pictures."""
        return figures(self.card)

    @property
    def learnt_from(self):
        """Return the training data by kind of network: source and counts."""
        return learnt_from(self.card)

    @property
    def served_since(self):
        """Return the start of its service, None if it is not served or unknown."""
        return self.promotion.at if self.is_served and self.promotion else None

    def as_dict(self):
        """Return the entry as values for JSON."""
        since = self.served_since
        return {
            "version": self.version,
            "is_served": self.is_served,
            "served_since": since and since.isoformat(),
            "class_names": self.card.get("class_names"),
            "figures": [
                {name: getattr(each, name) for name in each.__slots__}
                for each in self.figures
            ],
            "learnt_from": self.learnt_from,
            "size_bytes": self.size_bytes,
            "problem": self.problem,
        }


def entries():
    """Return an Entry for each checkpoint, newest first."""
    served = promotion.served_version()
    last = {each.version: each for each in promotions.log()}
    return [
        _entry(version, served, last.get(version))
        for version in reversed(checkpoints.versions())
    ]


def entry(version):
    """Return the Entry of a checkpoint, None if no checkpoint has that name."""
    return next((each for each in entries() if each.version == version), None)


def figures(card):
    """Return the available Figures of a card."""
    found = []
    image = card.get("image") or {}
    if "test" in image:
        accuracy = image["test"]["accuracy"]
        count = image.get("splits", {}).get("test", 0)
        interval = wilson_interval(round(accuracy * count), count)
        found.append(Figure("image", "test", accuracy, interval))
    photograph = card.get("photograph") or {}
    for name in ("cross_validation", "test", "reviewed"):
        measured = photograph.get(name) or {}
        if "accuracy" in measured:
            interval = tuple(measured.get("interval", (0.0, 1.0)))
            found.append(Figure("photograph", name, measured["accuracy"], interval))
    return found


def learnt_from(card):
    """Return the training data in a card by kind of network."""
    said = {}
    if image := card.get("image"):
        said["image"] = {
            "command": image.get("training", {}).get("command"),
            "pictures": image.get("splits", {}).get("train"),
        }
    if photograph := card.get("photograph"):
        known = photograph.get("pictures", {})
        said["photograph"] = {
            "source": photograph.get("source"),
            "pictures": sum(known.values()) + photograph.get("pictures_of_none", 0),
            "history": photograph.get("history"),
        }
    return said


def _entry(version, served, last):
    card, problem = {}, ""
    try:
        card = checkpoints.open_checkpoint(version, is_verified=False).card
    except NetworkUnavailable as error:
        problem = str(error)
    folder = Path(settings.CHECKPOINTS_DIR, version)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return Entry(version, card, problem, size, version == served, last)


def created(card):
    """Return the creation time of a checkpoint, None if its card lacks it."""
    text = card.get("created")
    return text and datetime.datetime.fromisoformat(text)
