"""A head learnt from base embeddings and reviewed uploads, and how good both are.

The same folds of the base are scored by heads without and with the uploads, so that the
two are compared on the very same pictures.
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
    """Reviewed uploads, as a head sees them."""

    embeddings: np.ndarray  # float32 (n, dimensions)
    labels: np.ndarray  # int (n,), NO_CLASS for "none of these"
    is_frozen: np.ndarray  # bool (n,)
    is_wanted: np.ndarray  # bool (n,), whether it was asked to learn from these


@dataclass(frozen=True, slots=True)
class Divided:
    """Which uploads are learnt from and which are measured on: bool (n,) each."""

    is_learnt: np.ndarray
    is_measured: np.ndarray
    is_near_frozen: np.ndarray
    is_near_base: np.ndarray


def divide(uploads, base):
    """Part uploads so that none that is measured on was seen, nor one like it.

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
    """Return the output that each upload teaches: of "none of these" the likeliest.

    Args:
        labels: int (n,), NO_CLASS for "none of these".
        logits: float (n, outputs) by the head before.
        class_count: how many outputs are classes.
    """
    if logits.shape[1] == class_count:
        return labels
    none = class_count + logits[:, class_count:].argmax(axis=1)
    return np.where(labels == NO_CLASS, none, labels)


def cross_validated(examples, priors, output_count, added):
    """Score base pictures by heads that were learnt without their groups.

    Args:
        examples: the base's Examples.
        priors: its Priors.
        output_count: of the head.
        added: Moments of what is learnt in each fold, too.

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
    """Learn a head for the outputs that have a picture; return their numbers, too."""
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
