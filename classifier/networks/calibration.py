"""Logits -> probabilities that come true, and the rule for "sure".

One score is behind both: the calibrated probability of the likeliest class. It is the
number that people see, and an answer is sure when it reaches a threshold (rejection:
Geifman and El-Yaniv 2017, arXiv:1705.08500). Images of the data set and photographs
are answered by different networks, so each kind has its own temperature and threshold.

A network for photographs may have more outputs than there are classes, at the end:
kinds of "none of these". What they take is missing from the probabilities of the
classes, so a picture of something else is hardly ever a sure answer.
"""

from dataclasses import dataclass

import numpy as np

# The threshold of a network that is never sure; a probability can be rounded up to 1.
NEVER_SURE = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """How to read the logits of one network."""

    # What logits are divided by: Guo et al. 2017 (arXiv:1706.04599), section 4.2.
    temperature: float
    # An answer whose score is lower is not sure; at NEVER_SURE, none is.
    threshold: float
    # What is added to the logits of "none of these" then: pictures of no class are sent
    # less often than those of one.
    none_bias: float = 0.0

    def probabilities(self, logits, class_count):
        """Turn logits into the probabilities of the classes.

        Args:
            logits: float (n, class_count), or more columns for "none of these".
            class_count: how many classes there are.

        Returns:
            float64 (n, class_count); a row sums to 1 less "none of these".
        """
        scaled = np.asarray(logits, np.float64) / self.temperature
        scaled[:, class_count:] += self.none_bias
        return softmax(scaled)[:, :class_count]

    def is_sure(self, probabilities):
        """Tell of which answers to be sure: float (n, classes) -> bool (n,)."""
        scores = np.asarray(probabilities).max(axis=-1)
        return (scores >= self.threshold) & (self.threshold < NEVER_SURE)


def softmax(logits):
    """Turn logits (n, classes) into float64 probabilities of the same shape."""
    shifted = np.asarray(logits, np.float64)
    exponents = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
