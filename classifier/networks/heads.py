"""Linear discriminant analysis: a head for a set of classes, trained in a second.

All classes share one covariance, shrunk towards a multiple of the identity, so that a
class of few pictures borrows from the others. Follows Friedman 1989, "Regularized
Discriminant Analysis", doi:10.1080/01621459.1989.10478752.

A head needs only the moments of its pictures, so it can be trained again with further
pictures without the first ones.
"""

from dataclasses import dataclass

import numpy as np

# Chosen by cross-validation over senders (docs/photographs.md).
SHRINKAGE = 0.1


@dataclass(frozen=True, slots=True)
class Head:
    """Embeddings -> a score for each class."""

    weights: np.ndarray  # float32 (dimensions, classes)
    bias: np.ndarray  # float32 (classes,)

    def logits(self, embeddings):
        """Score embeddings: float32 (n, dimensions) -> float32 (n, classes)."""
        return embeddings @ self.weights + self.bias


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of embeddings, all that a head is trained on; all float64."""

    counts: np.ndarray  # (classes,), the sum of the weights
    sums: np.ndarray  # (classes, dimensions), weighted
    products: np.ndarray  # (dimensions, dimensions), weighted, over all classes

    @classmethod
    def of(cls, embeddings, labels, class_count, weights=None):
        """Compute the moments of embeddings.

        Args:
            embeddings: float32 (n, dimensions).
            labels: int (n,), from 0.
            class_count: number of classes.
            weights: float (n,), the weight of each; default: equal weights.
        """
        embeddings = np.asarray(embeddings, np.float64)
        membership = np.zeros((len(embeddings), class_count))
        membership[np.arange(len(embeddings)), labels] = (
            1 if weights is None else weights
        )
        weighted = embeddings * membership.sum(axis=1)[:, None]
        return cls(
            membership.sum(axis=0), membership.T @ embeddings, embeddings.T @ weighted
        )

    def __add__(self, others):
        """Return the moments of both sets of pictures; they share their classes."""
        return Moments(
            self.counts + others.counts,
            self.sums + others.sums,
            self.products + others.products,
        )

    @property
    def means(self):
        """The mean of each class, which has a picture: (classes, dimensions)."""
        return self.sums / self.counts[:, None]

    @property
    def covariance(self):
        """The covariance within the classes: (dimensions, dimensions)."""
        between = self.sums.T @ self.means
        return (self.products - between) / self.counts.sum()


@dataclass(frozen=True, slots=True)
class Prior:
    """A mean from another source towards which a class of few pictures is pulled."""

    label: int
    mean: np.ndarray  # float32 (dimensions,)
    weight: float  # relative to the mean of the pictures, which counts as 1


def learn(moments, priors=(), shrinkage=SHRINKAGE):
    """Train a head.

    Args:
        moments: Moments with a picture in each class.
        priors: Priors, at most one for a class.
        shrinkage: of the covariance, 0 to 1.

    Returns:
        The Head. All classes count as equally frequent, because people do not send
        pictures in the proportions of a training set.
    """
    means = moments.means
    for prior in priors:
        pull = prior.weight / (1 + prior.weight)
        means[prior.label] += pull * (prior.mean - means[prior.label])
    covariance = _shrunk(moments.covariance, shrinkage)
    directions = np.linalg.solve(covariance, means.T)  # (dimensions, classes)
    bias = -(means * directions.T).sum(axis=1) / 2
    return Head(directions.astype(np.float32), bias.astype(np.float32))


def _shrunk(covariance, shrinkage):
    """Mix a covariance with the identity of the same mean variance."""
    size = len(covariance)
    identity = np.eye(size) * np.trace(covariance) / size
    return (1 - shrinkage) * covariance + shrinkage * identity
