"""Features or kept embeddings -> a head, and the same cross-validated."""

from dataclasses import dataclass

import numpy as np

from ..networks import heads
from ..networks.embeddings import DIMENSIONS, Projection
from ..networks.heads import Head, Prior

FOLDS = 5
# The score of a class that a fold shows nothing of, below all others.
UNKNOWN = -1e4


@dataclass(frozen=True, slots=True)
class Learnt:
    """A head with what it was learnt from, enough to learn it again."""

    projection: Projection
    head: Head
    quantized: np.ndarray  # int8 (n, views, dimensions)
    labels: np.ndarray  # int (n,), the output of each picture
    groups: np.ndarray  # str (n,), what may not be told apart while validating
    priors: tuple[Prior, ...] = ()

    def logits(self, pooled):
        """Score pictures by pooled features: float (n, features) -> (n, outputs)."""
        embeddings = self.projection.embed(pooled.astype(np.float32))
        return self.head.logits(embeddings)

    def logits_of(self, quantized):
        """Score pictures by kept embeddings: int8 (n, dimensions) -> (n, outputs)."""
        return self.head.logits(self.projection.restore(quantized))


def learn(pooled, labels, groups, make_priors=None):
    """Learn a projection and a head from pooled features.

    Args:
        pooled: float16 (n, views, features).
        labels: int (n,), from 0; the last may be "none of these".
        groups: str (n,).
        make_priors: called with embeddings (n, dimensions), pooled (n, features) and
            labels, returns Priors.

    Returns:
        What was Learnt.
    """
    n, views, features = pooled.shape
    rows = pooled.reshape(n * views, features).astype(np.float32)
    projection = Projection.learn(rows, min(DIMENSIONS, len(rows) - 1, features))
    embeddings = projection.embed(rows)
    quantized = projection.quantize(embeddings).reshape(n, views, -1)
    priors = ()
    if make_priors is not None:
        upright = embeddings.reshape(n, views, -1)[:, 0]
        priors = tuple(make_priors(upright, rows.reshape(pooled.shape)[:, 0], labels))
    return relearn(projection, quantized, labels, groups, priors)


def relearn(projection, quantized, labels, groups, priors=()):
    """Learn a head from kept embeddings; the arguments are those of `Learnt`."""
    views = quantized.shape[1]
    embeddings = projection.restore(quantized.reshape(-1, quantized.shape[2]))
    head = heads.learn(
        embeddings,
        np.repeat(labels, views),
        labels.max() + 1,
        np.full(len(embeddings), 1 / views),
        priors,
    )
    return Learnt(projection, head, quantized, labels, groups, priors)


def cross_validated(learnt, pooled=None, make_priors=None):
    """Score each picture by a head that was learnt without its group.

    Args:
        learnt: what was Learnt from all pictures.
        pooled: float16 (n, views, features), where the projection is to be learnt
            without the group, too.
        make_priors: as for `learn()`.

    Returns:
        float (n, outputs).
    """
    labels, groups = learnt.labels, learnt.groups
    logits = np.empty((len(labels), labels.max() + 1), np.float32)
    for fold in folds(labels, groups):
        rest = np.setdiff1d(np.arange(len(labels)), fold)
        known, relabelled = np.unique(labels[rest], return_inverse=True)
        logits[fold] = UNKNOWN
        if pooled is None:
            priors = _of_known(learnt.priors, known)
            without = relearn(
                learnt.projection, learnt.quantized[rest], relabelled, None, priors
            )
            scores = without.logits_of(learnt.quantized[fold, 0])
        else:
            is_whole = make_priors is not None and len(known) == logits.shape[1]
            make = make_priors if is_whole else None
            without = learn(pooled[rest], relabelled, None, make)
            scores = without.logits(pooled[fold, 0])
        logits[np.ix_(fold, known)] = scores
    return logits


def folds(labels, groups, count=FOLDS, seed=0):
    """Deal pictures into folds, each with about as many of each class.

    Args:
        labels: int (n,).
        groups: (n,); pictures of one group come into one fold.
        count: how many folds, if there are as many groups.
        seed: decides between equal ones.

    Returns:
        list of int arrays, the places of each fold's pictures.
    """
    names, members = np.unique(groups, return_inverse=True)
    count = min(count, len(names))
    held = np.zeros((len(names), labels.max() + 1), int)
    np.add.at(held, (members, labels), 1)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-held[order].sum(axis=1), kind="stable")]
    dealt = np.zeros((count, held.shape[1]), int)
    fold_of = np.empty(len(names), int)
    for group in order:
        crowd = dealt @ held[group]
        fold = np.lexsort((dealt.sum(axis=1), crowd))[0]
        dealt[fold] += held[group]
        fold_of[group] = fold
    places = fold_of[members]
    return [np.flatnonzero(places == fold) for fold in range(count)]


def _of_known(priors, known):
    """Return the priors of the outputs that are known, by their new numbers."""
    places = {int(label): place for place, label in enumerate(known)}
    return tuple(
        Prior(places[each.label], each.mean, each.weight)
        for each in priors
        if each.label in places
    )
