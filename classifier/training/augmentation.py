"""Data augmentation: random variations, and a few synthetic images of no class."""

import math

import numpy as np

from ..networks.preprocessing import to_batch
from . import outliers

MAX_SHIFT = 2
# Shares: of a batch, of an image's area, and of a hole's height to its width.
ERASED_SHARE = 0.5
ERASED_AREA = (0.02, 0.25)
ERASED_ASPECT = (0.3, 3.3)
# Share of each batch.
OUTLIER_SHARE = 0.06


class FlippedAndShifted:
    """Batches of a split, reshuffled each epoch, reproducible by the seed."""

    def __init__(self, split, class_names, batch_size, seed):
        self.split = split
        self.class_names = tuple(class_names)
        self.batch_size = batch_size
        self.seed = seed

    @property
    def steps(self):
        """Number of batches in an epoch."""
        return math.ceil(len(self.split) / self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Yields:
            float32 (n, h, w, 1), and float32 (n, classes): the probability of each
            class, equal for all if no class fits.
        """
        random = np.random.default_rng((self.seed, number))
        order = random.permutation(len(self.split))
        for rows in np.array_split(order, self.steps):
            images, targets = self._vary(rows, random)
            yield to_batch(images), targets

    def _vary(self, rows, random):
        """Vary images of the split at random: (images, targets)."""
        classes = np.eye(len(self.class_names), dtype=np.float32)
        images = flip_and_shift(self.split.images[rows], random)
        return images, classes[self.split.labels[rows]]


class WithDrawings(FlippedAndShifted):
    """Batches of images with holes, and of a few synthetic images of no class."""

    def _vary(self, rows, random):
        images, targets = super()._vary(rows, random)
        erase(images, random)
        for place in range(round(len(rows) * OUTLIER_SHARE)):
            images[place] = outliers.draw(images[place], random)
            targets[place] = 1 / len(self.class_names)
        return images, targets


def flip_and_shift(images, random):
    """Mirror half of the images, then shift each by up to two pixels over black."""
    n, height, width = images.shape
    mirrored = random.random(n) < 0.5
    images = np.where(mirrored[:, None, None], images[:, :, ::-1], images)
    margin = [(0, 0), (MAX_SHIFT, MAX_SHIFT), (MAX_SHIFT, MAX_SHIFT)]
    top, left = random.integers(0, 2 * MAX_SHIFT + 1, (2, n, 1))
    rows = (top + np.arange(height))[:, :, None]  # (n, height, 1)
    columns = (left + np.arange(width))[:, None, :]  # (n, 1, width)
    return np.pad(images, margin)[np.arange(n)[:, None, None], rows, columns]


def erase(images, random):
    """Fill a rectangle in half of the images with noise, in place.

    Follows Zhong et al. 2017, "Random Erasing Data Augmentation" (arXiv:1708.04896).
    """
    n, height, width = images.shape
    for row in np.flatnonzero(random.random(n) < ERASED_SHARE):
        area = random.uniform(*ERASED_AREA) * height * width
        aspect = math.exp(random.uniform(*np.log(ERASED_ASPECT)))
        down = min(height, round(math.sqrt(area * aspect)))
        across = min(width, round(math.sqrt(area / aspect)))
        top = random.integers(height - down + 1)
        left = random.integers(width - across + 1)
        noise = random.integers(0, 256, (down, across), np.uint8)
        images[row, top : top + down, left : left + across] = noise
