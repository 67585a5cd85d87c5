"""Logits -> calibrated probabilities, and rejection ("not sure").

Both rest on one score, the calibrated probability of the most probable class. People
see this number, and an answer is sure if it reaches a threshold (rejection: Geifman and
El-Yaniv 2017, arXiv:1705.08500). Different networks answer images of the data set and
photographs, so each kind has its own temperature and threshold.

A network for photographs may have more outputs than classes, at the end: kinds of "none
of these". Their share is missing from the probabilities of the classes, so that an
out-of-distribution picture is hardly ever a sure answer.
"""

from dataclasses import dataclass

import numpy as np

# The threshold of a network that is never sure; a probability can be rounded up to 1.
NEVER_SURE = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration of one network's logits."""

    # The divisor of the logits: Guo et al. 2017 (arXiv:1706.04599), section 4.2.
    temperature: float
    # The least score of a sure answer; with NEVER_SURE there is none.
    threshold: float
    # Added to the logits of "none of these" afterwards: such pictures are sent less
    # often than pictures of a class.
    none_bias: float = 0.0

    def probabilities(self, logits, class_count):
        """Convert logits to the probabilities of the classes.

        Args:
            logits: float (n, class_count), or more columns for "none of these".
            class_count: number of classes.

        Returns:
            float64 (n, class_count); a row sums to 1 less "none of these".
        """
        scaled = np.asarray(logits, np.float64) / self.temperature
        scaled[:, class_count:] += self.none_bias
        return softmax(scaled)[:, :class_count]

    def is_sure(self, probabilities):
        """Tell the sure answers: float (n, classes) -> bool (n,)."""
        scores = np.asarray(probabilities).max(axis=-1)
        return (scores >= self.threshold) & (self.threshold < NEVER_SURE)


def softmax(logits):
    """Convert logits (n, classes) to float64 probabilities of the same shape."""
    shifted = np.asarray(logits, np.float64)
    exponents = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
