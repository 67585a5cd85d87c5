"""Logits -> probabilities that come true, and which answers to be sure of.

Answers are right more often on images of the data set than on cut-outs of photographs,
so each kind has its own numbers, found on validation images and on photographs composed
of them.
"""

from dataclasses import asdict, dataclass

import numpy as np

# As a data set shows garments, and as they are cut out of photographs.
KINDS = ("image", "photograph")


@dataclass(frozen=True, slots=True)
class Scale:
    """How to read the logits of one kind of image."""

    # What logits are divided by: Guo et al. 2017 (arXiv:1706.04599), section 4.2.
    temperature: float
    # An answer of a lower probability is not sure.
    threshold: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scales of images that a data set shows, and of those cut out."""

    image: Scale
    photograph: Scale

    @classmethod
    def from_card(cls, card):
        scales = card["calibration"]
        return cls(Scale(**scales["image"]), Scale(**scales["photograph"]))

    @property
    def parameters(self):
        """As a checkpoint's card keeps them."""
        return asdict(self)

    def temperature(self, is_photograph):
        """float (n, 1), or (1,) where one goes for all images."""
        return np.where(
            np.asarray(is_photograph)[..., np.newaxis],
            self.photograph.temperature,
            self.image.temperature,
        )

    def is_sure(self, probabilities, is_photograph):
        """Whether each answer is: (n, classes) -> bool (n,)."""
        threshold = np.where(
            is_photograph, self.photograph.threshold, self.image.threshold
        )
        return probabilities.max(axis=-1) >= threshold


def softmax(logits):
    """Turn logits (n, classes) into float64 probabilities of the same shape."""
    shifted = np.asarray(logits, np.float64)
    exponents = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
