"""What the networks of a checkpoint say of an image, put together: a score.

A data set's image is scored by the network for images. Of a photograph each view gets
two opinions: the cut-out that of the network for photographs and, as it is to look like
a data set's image, that of the network for images; the whole that of the network for
photographs before and after negating, as a garment may be lighter or darker than its
ground. How sure an answer to a photograph is, the network for photographs alone tells:
the other has never seen one. What each brings is measured in docs/photographs.md.
"""

from typing import NamedTuple

import numpy as np

from .calibration import confidence
from .preprocessing import split_views, to_batch

# How sure an answer to a photograph is depends on what is said of all classes: what is
# of none has a bit of several.
DOUBTING_TEMPERATURE = 2


class Score(NamedTuple):
    """What is said of n images."""

    # float32 (n, classes): the higher, the more probable.
    logits: np.ndarray
    # float64 (n,): how sure the highest one is, as `calibration.confidence()` says.
    confidence: np.ndarray


class Scorer:
    """Scores images with a network for each kind, or with one for all kinds."""

    def __init__(self, networks):
        """Take the networks.

        Args:
            networks: by kind (`calibration.KINDS`), each from a float32 batch
                (n, h, h, 1) to float32 (n, classes). There is one for `image`.
        """
        self._image = networks["image"]
        self._photograph = networks.get("photograph")

    def score(self, images, is_photograph=False):
        """Score images by the mean over their views.

        Args:
            images: uint8 (n, h, k * h), as the network sees them.
            is_photograph: whether they are views of photographs, all of them.

        Returns:
            The Score.
        """
        views = split_views(images)
        opinions = [
            self._opinions(views[:, place], place, is_photograph)
            for place in range(views.shape[1])
        ]
        logits = np.mean([np.mean(own + others, axis=0) for own, others in opinions], 0)
        own = np.mean([opinion for own, _ in opinions for opinion in own], axis=0)
        temperature = DOUBTING_TEMPERATURE if is_photograph else 1
        return Score(logits, confidence(own, temperature))

    def score_view(self, views, place, is_photograph=False):
        """Logits of one view of images: uint8 (n, h, h) -> float32 (n, classes).

        Args:
            views: the view of each image.
            place: which one it is: 0 is what is cut out of a photograph, 1 the whole.
            is_photograph: as for `score()`.
        """
        own, others = self._opinions(views, place, is_photograph)
        return np.mean(own + others, axis=0)

    def _opinions(self, views, place, is_photograph):
        """Logits of one view: of the network for its kind, and of the other one."""
        if not is_photograph or self._photograph is None:
            return [self._image(to_batch(views))], []
        first = self._photograph(to_batch(views))
        if place == 0:
            return [first], [self._image(to_batch(views))]
        return [first, self._photograph(to_batch(255 - views))], []
