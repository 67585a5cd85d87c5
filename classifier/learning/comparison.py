"""Two checkpoints side by side: their accuracy, overall and by class."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from . import overview

RECALL = "recall"
NAMES = {
    ("image", "test"): _("images, test"),
    ("photograph", "cross_validation"): _("photographs, cross-validated"),
    ("photograph", "test"): _("photographs, test"),
    ("photograph", "reviewed"): _("reviewed uploads, frozen part"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both; None if a checkpoint lacks it."""

    name: str
    first: float | None
    second: float | None

    @property
    def change(self):
        """Return the gain of the second checkpoint, None if it is unknown."""
        if self.first is None or self.second is None:
            return None
        return self.second - self.first


def of_entries(first, second):
    """Return the Rows of two entries: each set of pictures, then each class's recall.

    If one was learnt from the history on the other's base, the other one's figures are
    those that were measured then, on the same folds and the same frozen part. Networks
    of other classes are not compared: the figures are those of the second.
    """
    if first.card.get("class_names") != second.card.get("class_names"):
        first = replace(first, card={})
    cards = [_measured_by(second, first), _measured_by(first, second)]
    found = [
        {gettext(NAMES[each.key]): each for each in overview.figures(card)}
        for card in cards
    ]
    names = dict.fromkeys([*found[0], *found[1]])
    rows = [
        Row(name, *(each[name].accuracy if name in each else None for each in found))
        for name in names
    ]
    recalls = [_recalls(card) for card in cards]
    names = dict.fromkeys([*recalls[0], *recalls[1]])
    return [
        *rows,
        *(Row(name, *(each.get(name) for each in recalls)) for name in names),
    ]


def _measured_by(other, entry):
    """Return the card of an entry, with the figures from the other's training."""
    known = other.card.get("photograph") or {}
    compared, reviewed = known.get("compared"), known.get("reviewed") or {}
    if not compared or compared["version"] != entry.version:
        return entry.card
    photograph = {**entry.card["photograph"], "cross_validation": compared}
    if "before" in reviewed:
        photograph["reviewed"] = reviewed["before"]
    return {**entry.card, "photograph": photograph}


def _recalls(card):
    """Return the recall of each class in cross-validation, by the row's name."""
    measured = (card.get("photograph") or {}).get("cross_validation") or {}
    return {
        gettext("%(name)s, found") % {"name": gettext(name)}: share
        for name, share in measured.get(RECALL, {}).items()
    }
