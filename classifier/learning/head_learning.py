"""A head trained on base embeddings and reviewed uploads, with its evaluation.

Heads without and with the uploads score the same folds of the base, so that both are
compared on the same pictures.
"""

from dataclasses import dataclass

import numpy as np

from ..evaluation.metrics import NO_CLASS
from ..networks import heads
from ..networks.heads import Moments, Prior
from ..networks.similarity import are_near
from ..training.photographs.learning import UNKNOWN, folds


@dataclass(frozen=True, slots=True)
class Uploads:
    """Reviewed uploads, as training data of a head."""

    embeddings: np.ndarray  # float32 (n, dimensions)
    labels: np.ndarray  # int (n,), NO_CLASS for "none of these"
    is_frozen: np.ndarray  # bool (n,)
    is_wanted: np.ndarray  # bool (n,), selected for the training


@dataclass(frozen=True, slots=True)
class Divided:
    """The split of uploads into training and measurement: bool (n,) each."""

    is_learnt: np.ndarray
    is_measured: np.ndarray
    is_near_frozen: np.ndarray
    is_near_base: np.ndarray


def divide(uploads, base):
    """Split uploads so that no measured one, nor a near-duplicate, was trained on.

    Args:
        uploads: the Uploads.
        base: float32 (n, dimensions), the embeddings of the base.
    """
    frozen = uploads.is_frozen
    is_near_base = are_near(uploads.embeddings, base)
    is_near_frozen = ~frozen & are_near(uploads.embeddings, uploads.embeddings[frozen])
    return Divided(
        is_learnt=uploads.is_wanted & ~frozen & ~is_near_frozen,
        is_measured=frozen & ~is_near_base,
        is_near_frozen=is_near_frozen,
        is_near_base=is_near_base,
    )


def outputs_of(labels, logits, class_count):
    """Return the output for each upload; for "none of these" the most probable kind.

    Args:
        labels: int (n,), NO_CLASS for "none of these".
        logits: float (n, outputs) by the old head.
        class_count: number of outputs that are classes.
    """
    if logits.shape[1] == class_count:
        return labels
    none = class_count + logits[:, class_count:].argmax(axis=1)
    return np.where(labels == NO_CLASS, none, labels)


def cross_validated(examples, priors, output_count, added):
    """Score base pictures by heads that were trained without their groups.

    Args:
        examples: the base's Examples.
        priors: its Priors.
        output_count: of the head.
        added: Moments of the uploads, added in each fold.

    Returns:
        float32 (n, outputs) twice: without `added`, and with it.
    """
    whole = examples.moments(output_count)
    shape = (len(examples.labels), output_count)
    without, with_added = (np.full(shape, UNKNOWN, np.float32) for _ in range(2))
    for fold in folds(examples.labels, examples.groups):
        others = _difference(whole, examples.moments(output_count, fold))
        for logits, moments in ((without, others), (with_added, others + added)):
            head, known = learn_known(moments, priors)
            logits[np.ix_(fold, known)] = head.logits(examples.embeddings[fold, 0])
    return without, with_added


def learn_known(moments, priors=()):
    """Train a head for the outputs with a picture; return their numbers, too."""
    known = np.flatnonzero(moments.counts > 0.5)  # a difference of sums may be near 0
    places = {int(label): place for place, label in enumerate(known)}
    part = Moments(moments.counts[known], moments.sums[known], moments.products)
    kept = tuple(
        Prior(places[each.label], each.mean, each.weight)
        for each in priors
        if each.label in places
    )
    return heads.learn(part, kept), known


def _difference(whole, part):
    return Moments(
        whole.counts - part.counts,
        whole.sums - part.sums,
        whole.products - part.products,
    )
