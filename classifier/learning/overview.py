"""What there is to know of each checkpoint, for the command and the admin."""

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
    """How often a network is right on one set of pictures."""

    kind: str  # "image" or "photograph"
    pictures_of: str  # "test", "cross_validation", "reviewed"
    accuracy: float
    interval: tuple[float, float]

    def __str__(self):
        low, high = self.interval
        name = self.pictures_of.replace("_", " ")
        return f"{self.kind}s, {name}: {self.accuracy:.2%} ({low:.2%} to {high:.2%})"


@dataclass(frozen=True, slots=True)
class Entry:
    """A checkpoint in the list of them."""

    version: str
    card: dict
    problem: str  # why its card cannot be read
    size_bytes: int
    is_served: bool
    promotion: Promotion | None  # the last one of it

    @property
    def figures(self):
        """Return a Figure for each set that it was measured on."""
        return figures(self.card)

    @property
    def learnt_from(self):
        """Return from what it learnt, by kind of network: source and counts."""
        return learnt_from(self.card)

    @property
    def served_since(self):
        """Return since when it is served, None if it is not or that is not known."""
        return self.promotion.at if self.is_served and self.promotion else None

    def as_dict(self):
        """Return it for JSON."""
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
    """Return the Entry of a checkpoint, None where there is none of that name."""
    return next((each for each in entries() if each.version == version), None)


def figures(card):
    """Return the Figures of a card, as far as it has them."""
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
    """Return by kind of network what a card says of the pictures it learnt from."""
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
    """Return when a checkpoint was made, None where its card does not say."""
    text = card.get("created")
    return text and datetime.datetime.fromisoformat(text)
