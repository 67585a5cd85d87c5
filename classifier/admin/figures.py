"""The network's accuracy on reviewed uploads, as charts without JavaScript.

The weeks come from the counters, confusion and confidence from the newest reviewed
uploads on one page, so that the cost is the same at any size of the history.
"""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from .. import history
from ..cassandra_admin.options import explained
from ..evaluation.metrics import wilson_interval
from . import charts
from .choices import class_names

WEEKS = 26
SAMPLE = 1000
BINS = 10
SHADES = 5


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Some reviewed answers, and the number of right ones."""

    reviewed: int
    right: int

    @property
    def share(self):
        return self.right / self.reviewed

    @property
    def interval(self):
        return wilson_interval(self.right, self.reviewed)


@dataclass(frozen=True, slots=True)
class Week(Reviewed):
    """The uploads of a week; counters may be off by one, so none is below 0."""

    monday: datetime.date
    uploads: int

    @property
    def open(self):
        return max(0, self.uploads - self.reviewed)

    @property
    def link(self):
        sunday = self.monday + datetime.timedelta(6)
        return _link(**{"from": self.monday.isoformat(), "to": sunday.isoformat()})


@dataclass(frozen=True, slots=True)
class Bin(Reviewed):
    """The reviewed answers of a range of probabilities."""

    low: int
    high: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Cell:
    """The number of answers of one class that people corrected to another."""

    count: int
    shade: int
    is_right: bool
    link: str


class FiguresAdmin:
    """The page of figures of `UploadAdmin`."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.figures_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_figures"
        return [path("figures/", view, name=name), *super().get_urls()]

    @explained
    def figures_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        weeks = read_weeks()
        page = history.newest_reviewed(SAMPLE)
        bins = bins_of(page.rows)
        columns, rows = confusion(page.rows)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Accuracy"),
            "opts": self.opts,
            "grid": charts.grid(),
            "weeks": weeks,
            "week_marks": charts.marks(
                weeks, lambda i, week: charts.slot_x(i, len(weeks))
            ),
            "stacks": charts.stacks(weeks),
            "most": max((week.uploads for week in weeks), default=0),
            "bins": bins,
            "bin_marks": charts.marks(
                bins, lambda i, one: charts.share_x(one.confidence)
            ),
            "columns": columns,
            "rows": rows,
            "sample": len(page.rows),
            "looked_back_to": page.looked_back_to,
        }
        return render(request, "admin/classifier/upload/figures.html", context)


def read_weeks():
    """Return the past weeks, the present one last."""
    today = datetime.datetime.now(datetime.UTC).date()
    first = today - datetime.timedelta(today.weekday(), weeks=WEEKS - 1)
    counted = history.reviews_per_day(first, today)
    weeks = []
    for number in range(WEEKS):
        monday = first + datetime.timedelta(weeks=number)
        days = (monday + datetime.timedelta(day) for day in range(7))
        found = [counted[day] for day in days if day in counted]
        uploads, reviewed, right = (
            map(sum, zip(*found, strict=True)) if found else [0] * 3
        )
        weeks.append(Week(reviewed, min(right, reviewed), monday, uploads))
    return weeks


def bins_of(uploads):
    """Return a Bin for each range of probabilities with reviewed uploads."""
    members = {}
    for upload in uploads:
        number = min(BINS - 1, int(upload.probability * BINS))
        members.setdefault(number, []).append(upload)
    return [
        Bin(
            low=100 * number // BINS,
            high=100 * (number + 1) // BINS,
            confidence=sum(one.probability for one in found) / len(found),
            reviewed=len(found),
            right=sum(one.corrected_class_name == one.class_name for one in found),
        )
        for number, found in sorted(members.items())
    ]


def confusion(uploads):
    """Return the classes chosen by people, and (class, total, cells) by row."""
    counted = Counter((one.class_name, one.corrected_class_name) for one in uploads)
    said = _ordered(name for name, _truth in counted)
    truths = _ordered([*said, *(truth for _name, truth in counted)])
    rows = []
    for name in said:
        numbers = [counted[name, truth] for truth in truths]
        total = sum(numbers)
        cells = [
            Cell(
                number,
                -(-SHADES * number // total) if total else 0,
                name == truth,
                _link(class_name=name, corrected_class_name=truth),
            )
            for truth, number in zip(truths, numbers, strict=True)
        ]
        rows.append((name, total, cells))
    return truths, rows


def _ordered(names):
    """Return distinct names: the served network's in its order, then others."""
    found = set(names)
    known = [*class_names(), history.NONE_OF_THESE]
    return [
        *(name for name in known if name in found),
        *sorted(found - set(known)),
    ]


def _link(**query):
    return f"{reverse('admin:classifier_upload_changelist')}?{urlencode(query)}"
