"""What the network sees while it learns: images as they are, photographs composed of
them, and drawings of no class.
"""

import math

import numpy as np

from . import outliers
from .composing import compose, kind_of
from .preprocessing import to_batch

MAX_SHIFT = 2
# Of each batch; the rest is shown as it is, flipped and shifted.
COMPOSED_SHARE = 0.44
OUTLIER_SHARE = 0.06


class FlippedAndShifted:
    """Batches of a split, shuffled anew each epoch, the same for the same seed."""

    def __init__(self, split, class_names, batch_size, seed):
        self.split = split
        self.class_names = tuple(class_names)
        self.batch_size = batch_size
        self.seed = seed

    @property
    def steps(self):
        """Batches in an epoch."""
        return math.ceil(len(self.split) / self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Yields:
            float32 (n, h, w, 1), and float32 (n, classes): the probability of each
            class, the same for all where no class fits.
        """
        random = np.random.default_rng((self.seed, number))
        order = random.permutation(len(self.split))
        for rows in np.array_split(order, self.steps):
            images, targets = self._vary(self.split.subset(rows), random)
            yield to_batch(images), targets

    def _vary(self, batch, random):
        """Change a batch at random: (images, targets)."""
        targets = np.eye(len(self.class_names), dtype=np.float32)[batch.labels]
        return flip_and_shift(batch.images, random), targets


class Mixture(FlippedAndShifted):
    """Batches with photographs and drawings of no class among the images."""

    def _vary(self, batch, random):
        composed = round(len(batch) * COMPOSED_SHARE)
        drawn = round(len(batch) * OUTLIER_SHARE)
        images, targets = super()._vary(batch, random)
        for row in range(composed):
            kind = kind_of(batch.labels[row], self.class_names)
            images[row] = compose(batch.images[row], random, kind)
        for row in range(composed, composed + drawn):
            images[row] = outliers.draw(batch.images[row], random)
            targets[row] = 1 / len(self.class_names)
        return images, targets


def photographs(split, class_names, seed):
    """Compose each image of a split into a photograph, the same for the same seed."""
    random = np.random.default_rng(seed)
    images = [
        compose(image, random, kind_of(label, class_names))
        for image, label in zip(split.images, split.labels, strict=True)
    ]
    return np.array(images)


def drawings(split, seed):
    """Draw an image of no class for each image of a split."""
    random = np.random.default_rng(seed)
    return np.array([outliers.draw(image, random) for image in split.images])


def flip_and_shift(images, random):
    """Mirror half of the images, then move each by up to two pixels over black."""
    n, height, width = images.shape
    mirrored = random.random(n) < 0.5
    images = np.where(mirrored[:, None, None], images[:, :, ::-1], images)
    margin = [(0, 0), (MAX_SHIFT, MAX_SHIFT), (MAX_SHIFT, MAX_SHIFT)]
    top, left = random.integers(0, 2 * MAX_SHIFT + 1, (2, n, 1))
    rows = (top + np.arange(height))[:, :, None]  # (n, height, 1)
    columns = (left + np.arange(width))[:, None, :]  # (n, 1, width)
    return np.pad(images, margin)[np.arange(n)[:, None, None], rows, columns]
