"""What the network sees while it learns: images as they are, photographs composed of
them, and drawings of no class.
"""

import math

import numpy as np

from . import outliers
from .composing import ANYTHING, compose, kind_of
from .labels import CLASS_NAMES
from .preprocessing import to_batch

MAX_SHIFT = 2
# Of each batch; the rest is shown as it is, flipped and shifted.
COMPOSED_SHARE = 0.44
OUTLIER_SHARE = 0.06


class Mixture:
    """Batches of a split, shuffled anew each epoch, the same for the same seed."""

    def __init__(self, split, class_names, batch_size, seed):
        self.split = split
        self.class_count = len(class_names)
        self.knows_kinds = tuple(class_names) == CLASS_NAMES
        self.batch_size = batch_size
        self.seed = seed

    @property
    def steps(self):
        """Batches in an epoch."""
        return math.ceil(len(self.split) / self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch, each image in one of the three forms.

        Yields:
            float32 (n, h, w, 1), and float32 (n, classes): the probability of each
            class, the same for all where no class fits.
        """
        random = np.random.default_rng((self.seed, number))
        order = random.permutation(len(self.split))
        for rows in np.array_split(order, self.steps):
            yield self._mix(self.split.subset(rows), random)

    def _mix(self, batch, random):
        composed = round(len(batch) * COMPOSED_SHARE)
        drawn = round(len(batch) * OUTLIER_SHARE)
        images = _vary(batch.images, random)
        for row in range(composed):
            kind = kind_of(batch.labels[row]) if self.knows_kinds else ANYTHING
            images[row] = compose(batch.images[row], random, kind)
        targets = np.eye(self.class_count, dtype=np.float32)[batch.labels]
        for row in range(composed, composed + drawn):
            images[row] = outliers.draw(batch.images[row], random)
            targets[row] = 1 / self.class_count
        return to_batch(images), targets


def _vary(images, random):
    """Mirror half of the images, then move each by up to two pixels over black."""
    n, height, width = images.shape
    mirrored = random.random(n) < 0.5
    images = np.where(mirrored[:, None, None], images[:, :, ::-1], images)
    margin = [(0, 0), (MAX_SHIFT, MAX_SHIFT), (MAX_SHIFT, MAX_SHIFT)]
    top, left = random.integers(0, 2 * MAX_SHIFT + 1, (2, n, 1))
    rows = (top + np.arange(height))[:, :, None]  # (n, height, 1)
    columns = (left + np.arange(width))[:, None, :]  # (n, 1, width)
    return np.pad(images, margin)[np.arange(n)[:, None, None], rows, columns]
