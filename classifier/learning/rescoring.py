"""Past uploads through another network, from their embeddings: no picture is opened."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from .. import history
from ..exceptions import NetworkUnavailable
from ..history.rescores import Rescore


@dataclass(slots=True)
class Totals:
    """What a rescoring has done, or would do."""

    uploads: int = 0
    present: int = 0  # answered by this network already
    lacking: int = 0  # without an embedding that it can read
    same: int = 0
    # Counts of changed classes: (old, new).
    changes: Counter = field(default_factory=Counter)

    @property
    def changed(self):
        return self.changes.total()


def rescore_all(classifier, totals, *, is_dry=False):
    """Rescore every photograph, newest day first, in batches.

    An interrupted run goes on where it stopped: uploads with this network's answer are
    skipped.

    Args:
        classifier: of the network.
        totals: Totals to add to.
        is_dry: count without writing.

    Yields:
        (upload, Rescore) of each upload with a changed class.

    Raises:
        NetworkUnavailable, HistoryUnavailable
    """
    if classifier.photographs is None:
        raise NetworkUnavailable(
            f"Checkpoint {classifier.version} has no network for photographs."
        )
    days = list(history.days_between(datetime.date.min, datetime.date.max))
    for day, shards in reversed(days):
        for batch in history.batches_of_day(day, shards):
            totals.uploads += len(batch)
            yield from _rescore(classifier, batch, totals, is_dry)


def _rescore(classifier, batch, totals, is_dry):
    version = classifier.version
    others = [each for each in batch if each.network_version != version]
    embedded = history.embedded(others, classifier.embedding_version)
    due = [each for each in embedded if each.rescored_by != version]
    totals.lacking += len(others) - len(embedded)
    totals.present += len(batch) - len(others) + len(embedded) - len(due)
    if not due:
        return
    answered = list(zip(due, answers(classifier, due), strict=True))
    if not is_dry:
        history.write_rescores(answered)
    for each, answer in answered:
        if answer.class_name == each.upload.class_name:
            totals.same += 1
        else:
            totals.changes[each.upload.class_name, answer.class_name] += 1
            yield each.upload, answer


def answers(classifier, embedded):
    """Return a network's answers to embeddings: a Rescore each."""
    probabilities, is_sure = classifier.score([each.levels for each in embedded])
    labels = probabilities.argmax(axis=1)
    highest = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
    names = classifier.class_names
    return [
        Rescore(classifier.version, names[label], probability, sure)
        for label, probability, sure in zip(
            labels.tolist(), highest.tolist(), is_sure.tolist(), strict=True
        )
    ]
