"""How good probabilities are: accuracy, calibration, and when to say "not sure".

Everything works on arrays of probabilities (n, classes) and labels (n,).
"""

import math

import numpy as np

from .prediction import softmax

BINS = 15


def accuracy(probabilities, labels):
    """Share of the most probable classes that are right."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def expected_calibration_error(probabilities, labels, bins=BINS):
    """Mean gap between probability and accuracy over bins of equal width.

    Follows Guo et al. 2017 (arXiv:1706.04599), section 2.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)[1:-1]
    bin_of = np.digitize(confidence, edges, right=True)
    gaps = np.bincount(bin_of, confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def fit_temperature(logits, labels):
    """Find the temperature that makes the labels most likely, by golden section.

    Follows Guo et al. 2017 (arXiv:1706.04599), section 4.2.

    Args:
        logits: float (n, classes) of a validation split.
        labels: int (n,).

    Returns:
        What to divide logits by, 0.05 to 20.
    """
    low, high = math.log(0.05), math.log(20)
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _surprise(logits, labels, left) < _surprise(logits, labels, right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def probability_threshold(probabilities, doubted):
    """The probability under which a share of these answers, `doubted`, falls."""
    return float(np.quantile(probabilities.max(axis=1), doubted))


def _surprise(logits, labels, log_temperature):
    """Mean negative log-likelihood of the labels at a temperature."""
    probabilities = softmax(logits / math.exp(log_temperature))
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-300).mean()
