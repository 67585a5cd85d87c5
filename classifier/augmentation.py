"""What the network sees while it learns: images as they are, photographs composed of
them, and drawings of no class.
"""

import math

import numpy as np
from PIL import Image

from . import outliers, scenes, showing
from .composing import compose_picture, compose_view
from .garments import kind_of
from .preprocessing import Preprocessing, split_views, to_batch

MAX_SHIFT = 2
# Of a batch, of an image's area, and of a hole's height to its width.
ERASED_SHARE = 0.5
ERASED_AREA = (0.02, 0.25)
ERASED_ASPECT = (0.3, 3.3)
# Of each batch.
OUTLIER_SHARE = 0.06
OUTLIER_SHARE_OF_PHOTOGRAPHS = 0.12
# Of what a network for photographs sees; photographs are the rest.
IMAGE_SHARE = 0.4
# Epochs that see the same photograph of an image: composing one takes half as long as
# learning from it.
EPOCHS_OF_A_PHOTOGRAPH = 3
# Preprocessing sharpens all photographs alike, but some were sharper than others.
MOST_SHARPENED = 1.0


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
            images, targets = self._vary(rows, number, random)
            yield to_batch(images), targets

    def _vary(self, rows, number, random):
        """Change images of the split at random in an epoch: (images, targets)."""
        classes = np.eye(len(self.class_names), dtype=np.float32)
        images = flip_and_shift(self._images(rows, number, random), random)
        return images, classes[self.split.labels[rows]]

    def _images(self, rows, number, random):
        """What is varied: uint8 (n, h, h), of photographs any of their views."""
        views = split_views(self.split.images[rows])
        chosen = random.integers(views.shape[1], size=len(rows))
        return views[np.arange(len(rows)), chosen]


class WithDrawings(FlippedAndShifted):
    """Batches of images with holes, and of a few drawings of no class."""

    outlier_share = OUTLIER_SHARE
    draw = staticmethod(outliers.draw_view)

    def _vary(self, rows, number, random):
        images, targets = super()._vary(rows, number, random)
        erase(images, random)
        for place in range(round(len(rows) * self.outlier_share)):
            images[place] = self.draw(images[place], random)
            targets[place] = 1 / len(self.class_names)
        return images, targets


class Photographs(WithDrawings):
    """The same, most of the images composed into views of photographs."""

    outlier_share = OUTLIER_SHARE_OF_PHOTOGRAPHS

    @staticmethod
    def draw(image, random):
        """Draw a picture of no class, as sharp as photographs are."""
        amount = random.uniform(0, MOST_SHARPENED)
        return showing.sharpen(scenes.draw_view(image, random), amount)

    def __init__(self, split, class_names, batch_size, seed):
        super().__init__(split, class_names, batch_size, seed)
        self._garments = split_views(split.images)[:, 0]
        self._composed = np.zeros_like(self._garments)
        self._turns = np.full(len(split), -1)

    def _images(self, rows, number, random):
        images = super()._images(rows, number, random)
        first = round(len(rows) * (self.outlier_share + IMAGE_SHARE))
        for place, row in enumerate(rows[first:], first):
            turn = (number + row) // EPOCHS_OF_A_PHOTOGRAPH
            amount = random.uniform(0, MOST_SHARPENED)
            images[place] = showing.sharpen(self._photograph(row, turn), amount)
        return images

    def _photograph(self, row, turn):
        """An image's photograph of a turn, composed when it is first asked for."""
        if self._turns[row] != turn:
            random = np.random.default_rng((self.seed, row, turn))
            kind = kind_of(self.split.labels[row], self.class_names)
            self._composed[row] = compose_view(self._garments[row], random, kind)
            self._turns[row] = turn
        return self._composed[row]


def photographs(split, class_names, seed):
    """Compose each image of a split into a photograph, the same for the same seed.

    Returns:
        uint8 (n, size, 2 * size), as preprocessing shows photographs.
    """
    return show(compose_pictures(split, class_names, seed))


def drawings(split, seed):
    """Draw a picture of no class for each image, shown as photographs are."""
    return show(draw_pictures(split, seed))


def compose_pictures(split, class_names, seed):
    """Yield the photographs as they are before preprocessing: uint8 (h, w, 3)."""
    random = np.random.default_rng(seed)
    for image, label in zip(split.images, split.labels, strict=True):
        yield compose_picture(image, random, kind_of(label, class_names))


def draw_pictures(split, seed):
    """Yield the drawings as they are before preprocessing: uint8 (h, w, 3)."""
    random = np.random.default_rng(seed)
    for image in split.images:
        yield scenes.draw_picture(image, random)


def show(pictures):
    """Show pictures, uint8 (h, w, 3) each, as preprocessing shows photographs."""
    preprocessing = Preprocessing()
    return np.array([preprocessing.view(Image.fromarray(p)).image for p in pictures])


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
