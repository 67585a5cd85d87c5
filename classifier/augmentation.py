"""What the network sees while it learns: images as they are, photographs composed of
them, and drawings of no class.
"""

import math

import numpy as np

from . import outliers
from .composing import compose, kind_of
from .preprocessing import to_batch

MAX_SHIFT = 2
# Of a batch, of an image's area, and of a hole's height to its width.
ERASED_SHARE = 0.5
ERASED_AREA = (0.02, 0.25)
ERASED_ASPECT = (0.3, 3.3)
# Of each batch.
OUTLIER_SHARE = 0.06
# Of what a network for photographs sees; photographs are the rest.
IMAGE_SHARE = 0.12


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


class WithDrawings(FlippedAndShifted):
    """Batches of images with holes, and of a few drawings of no class."""

    def _vary(self, batch, random):
        images, targets = super()._vary(batch, random)
        erase(images, random)
        for row in range(round(len(batch) * OUTLIER_SHARE)):
            images[row] = outliers.draw(batch.images[row], random)
            targets[row] = 1 / len(self.class_names)
        return images, targets


class Photographs(WithDrawings):
    """The same, most of the images composed into photographs."""

    def _vary(self, batch, random):
        images, targets = super()._vary(batch, random)
        first = round(len(batch) * (OUTLIER_SHARE + IMAGE_SHARE))
        for row in range(first, len(batch)):
            kind = kind_of(batch.labels[row], self.class_names)
            images[row] = compose(batch.images[row], random, kind)
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
