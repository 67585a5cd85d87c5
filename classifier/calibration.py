"""Logits -> probabilities that come true, and which answers to be sure of.

Answers are right more often on images of the data set than on cut-outs of photographs,
so each kind has its own numbers, found on validation images and on photographs composed
of them.
"""

from dataclasses import asdict, dataclass

import numpy as np

# As a data set shows garments, and as they are cut out of photographs.
KINDS = ("image", "photograph")
# The threshold of a network that is never sure; confidence can be rounded up to 1, too.
NEVER_SURE = 1.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How to read the logits of one kind of image."""

    # What logits are divided by: Guo et al. 2017 (arXiv:1706.04599), section 4.2.
    temperature: float
    # An answer of a lower confidence is not sure; at NEVER_SURE, none is.
    threshold: float

    def probabilities(self, logits):
        """Turn logits (n, classes) into probabilities that come true."""
        return softmax(logits / self.temperature)

    def is_sure(self, confidence):
        """Whether answers of a confidence (n,) are: bool (n,)."""
        confidence = np.asarray(confidence)
        return (confidence >= self.threshold) & (self.threshold < NEVER_SURE)


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

    def scale(self, is_photograph):
        """The Scale of a kind."""
        return self.photograph if is_photograph else self.image


def confidence(logits, temperature=1):
    """The highest probability at a temperature, before calibration: float64 (n,).

    It tells what a network has never seen from what it knows better than the calibrated
    one does; docs/photographs.md compares measures.
    """
    return softmax(np.asarray(logits) / temperature).max(axis=-1)


def softmax(logits):
    """Turn logits (n, classes) into float64 probabilities of the same shape."""
    shifted = np.asarray(logits, np.float64)
    exponents = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
