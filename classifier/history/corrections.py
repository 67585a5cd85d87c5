"""Reviews by people; none overwrites another person's concurrent review.

A correction and its entry in the log are one lightweight transaction on one row. It
compares the time of the last change with the time that the reviewer saw.
"""

import datetime

from deewhy.cassandra import session

from ..exceptions import CorrectionConflict
from ..models import Upload
from . import counts, records
from .driver_errors import answering

NONE_OF_THESE = "none of these"
NOT_REVIEWED = ""  # marks "not reviewed" in the stack: lists in Cassandra hold no null
MILLISECOND = datetime.timedelta(milliseconds=1)  # the resolution of a CQL timestamp

# The class is compared, too, so that no row is created for a deleted upload.
CORRECT = """\
UPDATE upload SET is_corrected = ?, is_right = ?, corrected_class_name = ?,
    corrected_by = ?, corrected_at = ?, earlier_reviews = ?,
    corrections = corrections + ?
WHERE day = ? AND shard = ? AND id = ? IF class_name = ? AND corrected_at = ?"""


@answering
def correct(upload: Upload, class_name: str | None, *, by: str) -> Upload:
    """Record a review of an upload; return the upload after it.

    Args:
        upload: in the state that the person saw.
        class_name: one of its `class_names`, the network's own as a confirmation;
            NONE_OF_THESE; or None: not reviewed, so that the network's answer stands.
        by: the person's user name.

    Raises:
        CorrectionConflict: another change came first, or the upload is deleted.
    """
    if class_name not in (*upload.class_names, NONE_OF_THESE, None):
        raise ValueError(f"Expected one of {upload.class_names}, got {class_name!r}.")
    earlier = [*earlier_reviews(upload), upload.corrected_class_name or NOT_REVIEWED]
    return _change(upload, class_name, earlier, by)


@answering
def undo_correction(upload: Upload, *, by: str) -> Upload:
    """Restore an upload's previous review, which is a change, too.

    Reviews are a stack: repeated undoing goes back to "not reviewed".
    """
    *earlier, last = earlier_reviews(upload) or [None]
    if last is None:
        return upload
    return _change(upload, last or None, earlier, by)


def earlier_reviews(upload):
    """Return the classes of earlier reviews, oldest first.

    An upload reviewed before the stack was introduced has its log instead.
    """
    if upload.earlier_reviews or upload.corrected_class_name is None:
        return list(upload.earlier_reviews)
    return [change.previous or NOT_REVIEWED for change in upload.correction_log[::-1]]


def _change(upload, class_name, earlier, by):
    """Write a review, the stack of earlier ones and the log in one transaction."""
    change = (_now_after(upload), by, upload.corrected_class_name, class_name)
    corrected = _changed(upload, change, earlier)
    result = session.execute(
        CORRECT,
        (
            corrected.is_corrected,
            corrected.is_right,
            class_name,
            by,
            corrected.corrected_at,
            earlier,
            [change],
            *records.key(upload),
            upload.class_name,
            upload.corrected_at,
        ),
    )
    if not result.one()["[applied]"]:
        raise CorrectionConflict(records.get(upload.id))
    counts.add(upload.day, counts.difference(counts.of(corrected), counts.of(upload)))
    return corrected


def _now_after(upload):
    """Return the time to the millisecond, later than the last change."""
    now = datetime.datetime.now(datetime.UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if upload.corrected_at is None:
        return now
    return max(now, upload.corrected_at + MILLISECOND)


def _changed(upload, change, earlier):
    at, by, _, class_name = change
    values = {name: getattr(upload, name) for name in records.COLUMNS}
    return Upload(
        **values
        | {
            "is_corrected": class_name is not None,
            "is_right": None if class_name is None else class_name == upload.class_name,
            "corrected_class_name": class_name,
            "corrected_by": by,
            "corrected_at": at,
            "earlier_reviews": earlier,
            "corrections": [*upload.corrections, change],
        }
    )
