"""The embeddings of photographs from before the served network."""

import datetime
from dataclasses import dataclass

from .. import history, pictures, prediction
from ..exceptions import NetworkUnavailable, UnreadablePicture


@dataclass(slots=True)
class Totals:
    """The figures of a backfill, real or dry."""

    embedded: int = 0
    present: int = 0
    unreadable: int = 0


def embed_all(totals, *, is_dry=False):
    """Embed each photograph without the served embedding, newest day first.

    Each embedding is written at once, so that an interrupted run can be repeated.

    Args:
        totals: Totals to add to.
        is_dry: count without reading pictures or writing.

    Yields:
        (upload, reason) of each unreadable picture.

    Raises:
        NetworkUnavailable, HistoryUnavailable
    """
    classifier = prediction.served()
    if classifier.photographs is None:
        raise NetworkUnavailable(
            f"Checkpoint {classifier.version} has no network for photographs."
        )
    days = list(history.days_between(datetime.date.min, datetime.date.max))
    for day, shards in reversed(days):
        for batch in history.batches_of_day(day, shards):
            photographs = [
                upload
                for upload in batch
                if not classifier.is_image((upload.width, upload.height))
            ]
            lacking = history.without_embedding(
                photographs, classifier.embedding_version
            )
            totals.present += len(photographs) - len(lacking)
            for upload in lacking:
                if reason := None if is_dry else _embed(classifier, upload):
                    totals.unreadable += 1
                    yield upload, reason
                else:
                    totals.embedded += 1


def _embed(classifier, upload):
    """Embed the stored picture of an upload; return why that failed, or None."""
    try:
        picture = pictures.open_picture(pictures.path(upload.stored_name))
    except (OSError, UnreadablePicture) as error:
        return str(error)
    history.replace_embedding(upload, classifier.embed(picture))
    return None
