"""The review queue, ordered by the value of a review.

Uploads that the visitor corrected come first, then the unsure ones, then the rest, each
newest first, with a cursor as in every list.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from deewhy.cassandra import session

from ..exceptions import InvalidCursor
from ..models import Upload
from . import counts, pages, partitions, records
from .driver_errors import answering
from .filters import END, Filters

STAGES: dict[str, dict[str, Any]] = {
    "disputed": {"is_corrected": False, "is_disputed": True},
    "unsure": {"is_corrected": False, "is_sure": False},
    "rest": {"is_corrected": False, "is_sure": True},
}
BATCH = 500
FILL = """\
UPDATE upload SET is_right = ? WHERE day = ? AND shard = ? AND id = ?
IF class_name = ? AND corrected_class_name = ?"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some uploads to review, and the place of the next batch, None at the end."""

    rows: list[Upload]
    next_place: str | None


@answering
def batch(
    filters: Filters | None = None,
    *,
    place: str | None = None,
    size: int = pages.PAGE_SIZE,
) -> Batch:
    """Return the next uploads to review.

    Args:
        filters: narrow the queue, together with its stages.
        place: from the previous batch; without it the queue begins anew.
        size: the largest number; there may be fewer, even none, before the end.

    Raises:
        InvalidCursor: the place is forged, too old or of other filters.
    """
    filters = filters or Filters()
    stages = [name for name in STAGES if _agrees(filters, STAGES[name])]
    stage, _dot, cursor = (place or "").partition(".")
    if not stages:
        return Batch([], None)
    stage = stage or stages[0]
    if stage not in stages:
        raise InvalidCursor(
            _("This page's address is damaged. Start from the newest upload.")
        )
    narrowed = replace(filters, **STAGES[stage])
    page = pages.page(narrowed, cursor=cursor or None, size=size)
    rows = [one for one in page.rows if stage == "disputed" or not one.is_disputed]
    if page.next_cursor:
        return Batch(rows, f"{stage}.{page.next_cursor}")
    following = dict(zip(stages, stages[1:], strict=False)).get(stage)
    return Batch(rows, following)


@answering
def newest_reviewed(limit: int) -> pages.Page:
    """Return the newest reviewed uploads, as many as a page may read."""
    return pages.page(Filters(is_corrected=True), size=limit)


def fill(day, shards):
    """Mark a day's reviewed uploads as right or wrong, and count the open ones."""
    unsure_reviewed = 0
    filters, high = Filters(is_corrected=True), Filters(until=END).high
    while True:
        [rows] = partitions.read_newest(
            [(day, shards)], filters.low, high, filters, BATCH
        )
        for upload in (Upload(**row) for row in rows):
            unsure_reviewed += not upload.is_sure
            said = upload.corrected_class_name
            is_right = said == upload.class_name
            key = records.key(upload)
            session.execute(FILL, (is_right, *key, upload.class_name, said))
        if len(rows) < BATCH:
            break
        high = rows[-1]["id"]
    names = (counts.UNSURE, counts.OPEN_UNSURE)
    counted = counts.per_day(names, day, day)
    unsure, present = (counted[name].get(day, 0) for name in names)
    counts.add(day, {counts.OPEN_UNSURE: unsure - unsure_reviewed - present})


def _agrees(filters, stage):
    """Tell whether a stage is compatible with the filters."""
    return all(getattr(filters, name) in (None, value) for name, value in stage.items())
