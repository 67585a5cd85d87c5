"""What a person says an upload is, never over what another person said meanwhile.

A correction and its entry in the log are one lightweight transaction on one row. It
compares the time of the last change with the one that the person had seen.
"""

import datetime

from deewhy.cassandra import session

from ..exceptions import CorrectionConflict
from ..models import Upload
from . import counts, records
from .driver_errors import answering

NONE_OF_THESE = "none of these"
MILLISECOND = datetime.timedelta(milliseconds=1)  # what a CQL timestamp resolves

# The class is compared, too: without a row there is none, and none must be made.
CORRECT = """\
UPDATE upload SET is_corrected = ?, corrected_class_name = ?, corrected_by = ?,
    corrected_at = ?, corrections = corrections + ?
WHERE day = ? AND shard = ? AND id = ? IF class_name = ? AND corrected_at = ?"""


@answering
def correct(upload: Upload, class_name: str, *, by: str) -> Upload:
    """Record that an upload is of another class, and return it as it is then.

    Args:
        upload: as the person has seen it.
        class_name: one of its `class_names`, NONE_OF_THESE, or None, which takes a
            correction back.
        by: the person's user name.

    Raises:
        CorrectionConflict: another change came first, or the upload is gone.
    """
    if class_name not in (*upload.class_names, NONE_OF_THESE, None):
        raise ValueError(f"Expected one of {upload.class_names}, got {class_name!r}.")
    change = (_now_after(upload), by, upload.corrected_class_name, class_name)
    corrected = _changed(upload, change)
    result = session.execute(
        CORRECT,
        (
            corrected.is_corrected,
            class_name,
            by,
            corrected.corrected_at,
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


@answering
def undo_correction(upload: Upload, *, by: str) -> Upload:
    """Set an upload back to what it was before its last change; that is a change."""
    if not upload.correction_log:
        return upload
    return correct(upload, upload.correction_log[0].previous, by=by)


def _now_after(upload):
    """Return the time to the millisecond, later than the last change."""
    now = datetime.datetime.now(datetime.UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if upload.corrected_at is None:
        return now
    return max(now, upload.corrected_at + MILLISECOND)


def _changed(upload, change):
    at, by, _, class_name = change
    values = {name: getattr(upload, name) for name in records.COLUMNS}
    return Upload(
        **values
        | {
            "is_corrected": class_name is not None,
            "corrected_class_name": class_name,
            "corrected_by": by,
            "corrected_at": at,
            "corrections": [*upload.corrections, change],
        }
    )
