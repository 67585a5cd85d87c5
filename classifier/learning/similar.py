"""Uploads with similar photographs, the most similar first."""

from dataclasses import dataclass

import numpy as np

from .. import history, prediction
from ..models import Upload
from ..networks.similarity import NEAR, cosines

SPARE = 3  # ids of the search may be of the upload itself, or have no record any more


@dataclass(frozen=True, slots=True)
class Similar:
    """An upload that looks like another one."""

    upload: Upload
    cosine: float  # between the embeddings, -1 to 1

    @property
    def is_near_duplicate(self):
        return self.cosine >= NEAR


def similar_to(upload, count):
    """Return the nearest uploads by their embeddings, up to a number.

    There are none for a data set's image, and none for a photograph that the served
    network has not embedded (`manage.py embed`).

    Raises:
        NetworkUnavailable, HistoryUnavailable
    """
    classifier = prediction.served()
    stored = history.embedding_of(upload.id)
    if classifier.photographs is None or stored is None:
        return []
    if stored.version != classifier.embedding_version:
        return []
    ids = history.similar(stored, count + SPARE)
    found = history.of_ids([id for id in ids if id != upload.id])
    levels = history.levels_of(found, stored.version)
    pairs = [pair for pair in zip(found, levels, strict=True) if pair[1] is not None]
    rows = _rows(classifier, [stored.levels, *(each for _, each in pairs)])
    nearness = cosines(rows[:1], rows[1:])[0].tolist()
    similar = [
        Similar(each, cosine) for (each, _), cosine in zip(pairs, nearness, strict=True)
    ]
    return sorted(similar, key=lambda each: -each.cosine)[:count]


def _rows(classifier, levels):
    rows = np.frombuffer(b"".join(levels), np.int8).reshape(len(levels), -1)
    return classifier.photographs.projection.restore(rows)
