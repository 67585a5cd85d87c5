"""Fits a `Calibration` to labelled answers: temperature and threshold.

Rejection with a target of selective accuracy follows Geifman and El-Yaniv 2017
(arXiv:1705.08500): the threshold is the lowest that reaches the target.
"""

import math
from dataclasses import replace

import numpy as np

from ..evaluation.metrics import NO_CLASS, wilson_interval
from ..networks.confidence import NEVER_SURE, Calibration, softmax

# The share of a data set's validation images that may be rejected.
REJECTION_RATE = 0.02
# The accuracy of the sure answers to photographs of a class, by cross-validation, and
# the share of sure answers to out-of-distribution pictures.
TARGET_SELECTIVE_ACCURACY = 0.95
MOST_SURE_OF_NONE = 0.05
# The least lower end of the 95 % interval of that accuracy: a few right answers are no
# reason to call any sure.
LEAST_SELECTIVE_ACCURACY = 0.85
# An assumed share of out-of-distribution pictures among uploads.
NONE_SHARE = 0.1
LOG_TEMPERATURES, NONE_BIASES = (-4.0, 4.6), (-5.0, 5.0)
STEPS = 24  # of golden section: to a hundred thousandth of a range


def fit_images(logits, labels):
    """Fit to validation images, so that nearly all of them get a sure answer.

    Args:
        logits: float (n, classes).
        labels: int (n,).

    Returns:
        The Calibration; it is never sure if too few answers support it.
    """
    temperature = fit_temperature(logits, labels)
    scores, is_right = _scored(softmax(logits / temperature), labels)
    threshold = max(
        _reachable(np.quantile(scores, REJECTION_RATE)),
        selective_threshold(scores, is_right, 0),
    )
    return Calibration(temperature, threshold)


def fit_photographs(logits, labels, class_count):
    """Fit to photographs that the head was not trained on.

    Temperature and bias minimise the Brier score: the mean squared difference of a
    score from 1 for a right answer, and from 0 for a wrong one. All answers to pictures
    of none of the classes are wrong. (Brier 1950, "Verification of forecasts".)

    Args:
        logits: float (n, outputs): the classes, then any for "none of these".
        labels: int (n,), NO_CLASS for pictures of none of the classes.
        class_count: number of classes.

    Returns:
        The Calibration.
    """
    is_known = labels != NO_CLASS
    is_right = logits[:, :class_count].argmax(axis=1) == labels
    calibration = _of_lowest_brier(logits, is_right, _weights(is_known), class_count)
    scores = calibration.probabilities(logits, class_count).max(axis=1)
    threshold = selective_threshold(
        scores[is_known], is_right[is_known], TARGET_SELECTIVE_ACCURACY
    )
    if not is_known.all():
        threshold = max(threshold, _exceeded_by(MOST_SURE_OF_NONE, scores[~is_known]))
    return replace(calibration, threshold=threshold)


def fit_temperature(logits, labels):
    """Find the temperature that makes the labels most likely.

    Follows Guo et al. 2017 (arXiv:1706.04599), section 4.2.

    Args:
        logits: float (n, classes), of pictures that the network did not learn from.
        labels: int (n,).

    Returns:
        What to divide logits by, within `TEMPERATURES`.
    """
    return math.exp(
        _lowest_at(lambda log: _loss(logits, labels, log), *LOG_TEMPERATURES)
    )


def selective_threshold(scores, is_right, target, least=LEAST_SELECTIVE_ACCURACY):
    """Find the lowest score from which on enough answers are right.

    Args:
        scores: float (n,).
        is_right: bool (n,).
        target: the accuracy among the answers of at least that score.
        least: the lower end of the 95 % interval of that accuracy.

    Returns:
        The score, or NEVER_SURE if there is none. Answers of equal score are all above
        a threshold, or all below it.
    """
    order = np.argsort(-scores, kind="stable")
    scores, right = scores[order], is_right[order].cumsum()
    answered = np.arange(1, len(order) + 1)
    is_enough = (right / answered >= target) & (_lowest(right, answered) >= least)
    is_last_of_equal = np.append(scores[:-1] != scores[1:], True)[: len(order)]
    places = np.flatnonzero(is_enough & is_last_of_equal)
    return _reachable(scores[places[-1]]) if len(places) else NEVER_SURE


def _weights(is_known):
    """Weigh pictures as they are sent: bool (n,) -> float (n,), together 1."""
    counts = np.bincount(is_known, minlength=2)
    shares = np.array([NONE_SHARE, 1 - NONE_SHARE]) * (counts > 0)
    return (shares / shares.sum() / np.maximum(counts, 1))[is_known.astype(int)]


def _of_lowest_brier(logits, is_right, weights, class_count):
    """Find the temperature and the bias; the Calibration is never sure yet."""

    def reading(log_temperature, none_bias):
        return Calibration(math.exp(log_temperature), NEVER_SURE, none_bias)

    def brier(log_temperature, none_bias):
        calibration = reading(log_temperature, none_bias)
        scores = calibration.probabilities(logits, class_count).max(axis=1)
        return weights @ (scores - is_right) ** 2

    def log_temperature(none_bias):
        return _lowest_at(lambda log: brier(log, none_bias), *LOG_TEMPERATURES)

    none_bias = 0.0
    if logits.shape[1] > class_count:
        none_bias = _lowest_at(
            lambda bias: brier(log_temperature(bias), bias), *NONE_BIASES
        )
    return reading(log_temperature(none_bias), none_bias)


def _lowest_at(function, low, high):
    """Find where a function of one valley is lowest, by golden section."""
    ratio = (math.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2


def _exceeded_by(share, scores):
    """Return the score that at most a share of the answers reach."""
    highest = np.quantile(scores, 1 - share, method="higher")
    return math.nextafter(highest, NEVER_SURE)


def _scored(probabilities, labels):
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == labels


def _reachable(threshold):
    """Return a threshold that answers of the highest score reach."""
    return min(float(threshold), math.nextafter(NEVER_SURE, 0))


def _lowest(right, n):
    """Return the lower ends of the intervals of several shares: float (k,)."""
    return np.array([wilson_interval(*pair)[0] for pair in zip(right, n, strict=True)])


def _loss(logits, labels, log_temperature):
    """Return the mean negative log-likelihood of the labels at a temperature."""
    probabilities = softmax(logits / math.exp(log_temperature))
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-300).mean()
