"""Fits a `Calibration` to answers whose right ones are known: temperature, threshold.

Rejection with a target of selective accuracy follows Geifman and El-Yaniv 2017
(arXiv:1705.08500): the threshold is the lowest from which on so many answers are right.
"""

import math

import numpy as np

from ..evaluation.metrics import NO_CLASS, wilson_interval
from ..networks.calibration import NEVER_SURE, Calibration, softmax

# The share of a data set's validation images that may go without a sure answer.
REJECTION_RATE = 0.02
# The share of right ones among the sure answers to photographs of a class, by
# cross-validation, and of pictures of none of the classes the share of sure answers.
TARGET_SELECTIVE_ACCURACY = 0.945
MOST_SURE_OF_NONE = 0.05
# What the lower end of that share's 95 % interval must reach, too: a few right answers
# are no reason to call any sure.
LEAST_SELECTIVE_ACCURACY = 0.85
TEMPERATURES = (0.02, 100)


def fit_images(logits, labels):
    """Fit to validation images, so that nearly all of them get a sure answer.

    Args:
        logits: float (n, classes).
        labels: int (n,).

    Returns:
        The Calibration; it is never sure where too few answers support it.
    """
    temperature = fit_temperature(logits, labels)
    scores, is_right = _scored(softmax(logits / temperature), labels)
    threshold = max(
        _reachable(np.quantile(scores, REJECTION_RATE)),
        selective_threshold(scores, is_right, 0),
    )
    return Calibration(temperature, threshold)


def fit_photographs(logits, labels, class_count):
    """Fit to photographs that the head did not learn from.

    The temperature is the one at which the scores of pictures that show a class are on
    the whole as high as their answers are often right.

    Args:
        logits: float (n, outputs): the classes, then any for "none of these".
        labels: int (n,), NO_CLASS of pictures that show none of the classes.
        class_count: how many classes there are.

    Returns:
        The Calibration.
    """
    is_known = labels != NO_CLASS

    def scores_at(temperature):
        return softmax(logits / temperature)[:, :class_count].max(axis=1)

    is_right = logits[:, :class_count].argmax(axis=1)[is_known] == labels[is_known]
    temperature = _falling_to(
        lambda temperature: scores_at(temperature)[is_known].mean(), is_right.mean()
    )
    scores = scores_at(temperature)
    threshold = selective_threshold(
        scores[is_known], is_right, TARGET_SELECTIVE_ACCURACY
    )
    if not is_known.all():
        threshold = max(threshold, _exceeded_by(MOST_SURE_OF_NONE, scores[~is_known]))
    return Calibration(temperature, threshold)


def fit_temperature(logits, labels):
    """Find the temperature that makes the labels most likely, by golden section.

    Follows Guo et al. 2017 (arXiv:1706.04599), section 4.2.

    Args:
        logits: float (n, classes), of pictures that the network did not learn from.
        labels: int (n,).

    Returns:
        What to divide logits by, within `TEMPERATURES`.
    """
    low, high = map(math.log, TEMPERATURES)
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _loss(logits, labels, left) < _loss(logits, labels, right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def selective_threshold(scores, is_right, target, least=LEAST_SELECTIVE_ACCURACY):
    """Find the lowest score from which on enough answers are right.

    Args:
        scores: float (n,).
        is_right: bool (n,).
        target: the share of right ones among the answers of at least that score.
        least: what the lower end of the 95 % interval of that share must be.

    Returns:
        The score, or NEVER_SURE where there is none. Answers of one score are all above
        a threshold, or all below it.
    """
    order = np.argsort(-scores, kind="stable")
    scores, right = scores[order], is_right[order].cumsum()
    answered = np.arange(1, len(order) + 1)
    is_enough = (right / answered >= target) & (_lowest(right, answered) >= least)
    is_last_of_equal = np.append(scores[:-1] != scores[1:], True)[: len(order)]
    places = np.flatnonzero(is_enough & is_last_of_equal)
    return _reachable(scores[places[-1]]) if len(places) else NEVER_SURE


def _falling_to(function, wanted):
    """Find where a falling function of the temperature has a value, by bisection."""
    low, high = map(math.log, TEMPERATURES)
    for _ in range(40):
        middle = (low + high) / 2
        if function(math.exp(middle)) > wanted:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def _exceeded_by(share, scores):
    """Return the score that no more than a share of the answers reach."""
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
