"""What the network sees while it learns: the images, flipped and shifted at random."""

import math

import numpy as np

from .preprocessing import to_batch

MAX_SHIFT = 2


class FlippedAndShifted:
    """Batches of a split, shuffled anew each epoch, the same for the same seed."""

    def __init__(self, split, batch_size, seed):
        self.split = split
        self.batch_size = batch_size
        self.seed = seed

    @property
    def steps(self):
        """Batches in an epoch."""
        return math.ceil(len(self.split) / self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch: float32 (n, h, w, 1) and labels int64 (n,)."""
        random = np.random.default_rng((self.seed, number))
        order = random.permutation(len(self.split))
        for rows in np.array_split(order, self.steps):
            batch = self.split.subset(rows)
            yield to_batch(_vary(batch.images, random)), batch.labels


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
