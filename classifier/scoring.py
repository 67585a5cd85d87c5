"""What the networks of a checkpoint say of an image, put together: logits.

A data set's image is scored by the network for images. Of a photograph each view gets
two opinions: the cut-out that of the network for photographs and, as it is to look like
a data set's image, that of the network for images; the whole that of the network for
photographs before and after negating, as a garment may be lighter or darker than its
ground. What each opinion brings is measured in docs/photographs.md.
"""

import numpy as np

from .preprocessing import split_views, to_batch


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

    def logits(self, images, is_photograph=False):
        """Raw scores, the mean over an image's views.

        Args:
            images: uint8 (n, h, k * h), as the network sees them.
            is_photograph: whether they are views of photographs, all of them.

        Returns:
            float32 (n, classes).
        """
        views = split_views(images)
        scores = [
            self.score_view(views[:, place], place, is_photograph)
            for place in range(views.shape[1])
        ]
        return np.mean(scores, axis=0)

    def score_view(self, views, place, is_photograph=False):
        """Raw scores of one view of images: uint8 (n, h, h) -> float32 (n, classes).

        Args:
            views: the view of each image.
            place: which one it is: 0 is what is cut out of a photograph, 1 the whole.
            is_photograph: as for `logits()`.
        """
        if not is_photograph or self._photograph is None:
            return self._image(to_batch(views))
        first = self._photograph(to_batch(views))
        if place == 0:
            second = self._image(to_batch(views))
        else:
            second = self._photograph(to_batch(255 - views))
        return (first + second) / 2
