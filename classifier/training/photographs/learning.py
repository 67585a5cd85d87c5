"""Trains a head on features, keeps its training data, and cross-validates it."""

from dataclasses import dataclass

import numpy as np

from classifier.networks import heads
from classifier.networks.heads import Head, Moments, Prior
from classifier.networks.projection import Projection
from classifier.networks.turn_prediction import Orientation

FOLDS = 5
# The score of a class without pictures in a fold, below all others.
UNKNOWN = -1e4


@dataclass(frozen=True, slots=True)
class Examples:
    """Embedded pictures with their outputs; the first view is the one for answers."""

    embeddings: np.ndarray  # float32 (n, views, dimensions)
    labels: np.ndarray  # int (n,), the output of each picture
    groups: np.ndarray  # str (n,), kept together by cross-validation
    # float32 (n, TURNS, dimensions), one view in each turn, for the training of the
    # orientation.
    turned: np.ndarray | None = None

    def moments(self, class_count, places=slice(None)):
        """Return the moments of some pictures, each with weight 1."""
        embeddings, labels = self.embeddings[places], self.labels[places]
        n, views, dimensions = embeddings.shape
        return Moments.of(
            embeddings.reshape(n * views, dimensions),
            np.repeat(labels, views),
            class_count,
            np.full(n * views, 1 / views),
        )


@dataclass(frozen=True, slots=True)
class Learnt:
    """A head with its training data, sufficient to train it again."""

    projection: Projection
    head: Head
    moments: Moments
    examples: Examples
    priors: tuple[Prior, ...] = ()
    orientation: Orientation | None = None

    def logits(self, pooled):
        """Score pictures by pooled features: float (n, features) -> (n, outputs)."""
        embeddings = self.projection.embed(pooled.astype(np.float32))
        return self.head.logits(embeddings)


def embed(projection, pooled):
    """Embed pooled features: float16 (n, views, features) -> (n, views, dimensions)."""
    n, views, features = pooled.shape
    rows = pooled.reshape(n * views, features).astype(np.float32)
    return projection.embed(rows).reshape(n, views, -1)


def learn(projection, examples, class_count, priors=()):
    """Train a head on Examples that show each of `class_count` outputs."""
    moments = examples.moments(class_count)
    head, orientation = heads.learn(moments, priors), None
    if examples.turned is not None:
        orientation = Orientation.learn(examples.turned)
    return Learnt(projection, head, moments, examples, priors, orientation)


def cross_validated(examples, class_count, priors=()):
    """Score each picture, turned upright, by heads trained without its group.

    Returns:
        float (n, outputs).
    """
    labels = examples.labels
    logits = np.full((len(labels), class_count), UNKNOWN, np.float32)
    everything = np.arange(len(labels))
    for fold in folds(labels, examples.groups):
        others = np.setdiff1d(everything, fold)
        moments = examples.moments(class_count, others)
        known = np.flatnonzero(moments.counts)
        part = Moments(moments.counts[known], moments.sums[known], moments.products)
        head = heads.learn(part, _of_known(priors, known))
        answered = _answered(examples, fold, others)
        logits[np.ix_(fold, known)] = head.logits(answered)
    return logits


def _answered(examples, fold, others):
    """Return the embeddings for the answers to a fold: (fold, dimensions)."""
    if examples.turned is None:
        return examples.embeddings[fold, 0]
    views = np.concatenate(
        [examples.embeddings[fold, :1], examples.turned[fold, 1:]], axis=1
    )
    turns = Orientation.learn(examples.turned[others]).turns(views)
    return views[np.arange(len(fold)), turns]


def folds(labels, groups, count=FOLDS, seed=0):
    """Split pictures into folds, each with about the same number of each class.

    Args:
        labels: int (n,).
        groups: (n,); a group is never split.
        count: number of folds, at most that of the groups.
        seed: decides between equal choices.

    Returns:
        list of int arrays, the positions of each fold's pictures.
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
    """Return the priors of the known outputs, by their new numbers."""
    places = {int(label): place for place, label in enumerate(known)}
    return tuple(
        Prior(places[each.label], each.mean, each.weight)
        for each in priors
        if each.label in places
    )
