"""Approximate totals of the history, from the counts of its days."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from . import counts
from .driver_errors import answering


@dataclass(frozen=True, slots=True)
class Summary:
    """Approximate totals of a range of days, and the uploads of each day."""

    per_day: dict[datetime.date, int]
    per_class: dict[str, int]
    unsure: int
    corrected: int
    right: int
    open_unsure: int = 0
    open_disputed: int = 0

    @property
    def uploads(self):
        return sum(self.per_day.values())

    @property
    def unsure_share(self):
        """Return the share of uploads with an unsure answer, or None."""
        return self.unsure / self.uploads if self.uploads else None

    @property
    def corrected_share(self):
        """Return the share of reviewed uploads, or None."""
        return self.corrected / self.uploads if self.uploads else None

    @property
    def accuracy(self):
        """Return the accuracy of the network on the reviewed uploads, or None."""
        return self.right / self.corrected if self.corrected else None

    @property
    def open(self):
        """Return the number of uploads without a review."""
        return max(0, self.uploads - self.corrected)


@answering
def summarize(
    first: datetime.date, last: datetime.date, class_names: Iterable[str]
) -> Summary:
    """Return the summary of the UTC days from `first` to `last`, both included."""
    of_class = {name: counts.of_class(name) for name in class_names}
    found = counts.per_day([*counts.MEASURES, *of_class.values()], first, last)
    totals = {measure: sum(per_day.values()) for measure, per_day in found.items()}
    return Summary(
        per_day=found[counts.UPLOADS],
        per_class={name: totals[measure] for name, measure in of_class.items()},
        unsure=totals[counts.UNSURE],
        corrected=totals[counts.CORRECTED],
        right=totals[counts.RIGHT],
        open_unsure=max(0, totals[counts.OPEN_UNSURE]),
        open_disputed=max(0, totals[counts.OPEN_DISPUTED]),
    )


@answering
def uploads_per_day(
    first: datetime.date, last: datetime.date
) -> dict[datetime.date, int]:
    """Return {day: uploads}, approximately, of the UTC days with any."""
    return counts.per_day([counts.UPLOADS], first, last)[counts.UPLOADS]


@answering
def reviews_per_day(
    first: datetime.date, last: datetime.date
) -> dict[datetime.date, tuple[int, int, int]]:
    """Return {day: (uploads, of them reviewed, of them right)} of the UTC days."""
    measures = (counts.UPLOADS, counts.CORRECTED, counts.RIGHT)
    found = counts.per_day(measures, first, last)
    return {
        day: (
            max(0, found[counts.UPLOADS].get(day, 0)),
            max(0, found[counts.CORRECTED].get(day, 0)),
            max(0, found[counts.RIGHT].get(day, 0)),
        )
        for day in set().union(*found.values())
    }
