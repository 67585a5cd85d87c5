"""How good probabilities are: accuracy, calibration, and when to say "not sure".

Everything here works on arrays of probabilities (n, classes) and labels (n,).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .calibration import NEVER_SURE, softmax

BINS = 15
MISTAKES = 24
# The label of pictures that show no class.
NO_CLASS = -1
# Of the normal distribution, for 95 %.
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network's answers to a data set, and the questions they can be asked."""

    probabilities: np.ndarray
    labels: np.ndarray
    is_sure: np.ndarray
    class_names: tuple[str, ...]
    # What the network saw, for the report: uint8 (height, width) each.
    images: Sequence[np.ndarray] = ()
    # Whether it was sure of each picture that shows no class.
    is_sure_of_none: np.ndarray = field(default_factory=lambda: np.empty(0, bool))

    @property
    def predicted(self):
        return self.probabilities.argmax(axis=1)

    @property
    def is_right(self):
        return self.predicted == self.labels

    def as_dict(self):
        """Every figure, ready for JSON."""
        right = int(self.is_right.sum())
        return {
            "pictures": len(self.labels),
            "accuracy": right / max(len(self.labels), 1),
            "accuracy_interval": wilson_interval(right, len(self.labels)),
            "calibration_error": expected_calibration_error(
                self.probabilities, self.labels
            ),
            "classes": self.classes(),
            "confusion": self.confusion().tolist(),
            "calibration": calibration_curve(self.probabilities, self.labels),
            "not_sure": self.not_sure(),
            "no_class": self.no_class(),
            "risk": risk_curve(self.probabilities, self.labels),
            "mistakes": self.mistakes(),
        }

    def confusion(self):
        """Count answers: int (classes, classes), a row a true class."""
        size = len(self.class_names)
        cells = np.bincount(self.labels * size + self.predicted, minlength=size**2)
        return cells.reshape(size, size)

    def classes(self):
        """Precision, recall and F1 of each class; 0 where nothing is to be divided."""
        confusion = self.confusion()
        rows = zip(
            self.class_names,
            confusion.diagonal().tolist(),
            confusion.sum(axis=0).tolist(),
            confusion.sum(axis=1).tolist(),
            strict=True,
        )
        return [
            {
                "class_name": name,
                "precision": right / max(answered, 1),
                "recall": right / max(pictures, 1),
                "f1": 2 * right / max(answered + pictures, 1),
                "pictures": pictures,
            }
            for name, right, answered, pictures in rows
        ]

    def not_sure(self):
        """What the sure answers are worth, and what being unsure costs."""
        sure = int(self.is_sure.sum())
        sure_and_right = int((self.is_sure & self.is_right).sum())
        return {
            "share": (len(self.labels) - sure) / max(len(self.labels), 1),
            "accuracy_when_sure": sure_and_right / max(sure, 1),
            "right_but_not_sure": int(self.is_right.sum()) - sure_and_right,
        }

    def no_class(self):
        """How many of the pictures of no class were not taken for one."""
        pictures = len(self.is_sure_of_none)
        doubted = pictures - int(self.is_sure_of_none.sum())
        return {"pictures": pictures, "not_sure": doubted / max(pictures, 1)}

    def mistakes(self, count=MISTAKES):
        """The most probable wrong answers, surest first, by place in the data set."""
        highest = self.probabilities.max(axis=1)
        order = np.argsort(-highest, kind="stable")
        wrong = order[~self.is_right[order]][:count]
        return [
            {
                "index": int(index),
                "class_name": self.class_names[self.labels[index]],
                "predicted": self.class_names[self.predicted[index]],
                "probability": float(highest[index]),
            }
            for index in wrong
        ]


def evaluate(classifier, pictures, labels):
    """Classify pictures as the site would, and hold the answers against their labels.

    Args:
        classifier: as `prediction.served()` returns it.
        pictures: PIL images.
        labels: int (n,), NO_CLASS where a picture shows none.

    Returns:
        The Evaluation.
    """
    predictions = classifier.classify_many(pictures)
    labels = np.asarray(labels)
    is_sure = np.array([prediction.is_sure for prediction in predictions])
    is_known = labels != NO_CLASS
    known = [
        prediction
        for prediction, is_known in zip(predictions, is_known, strict=True)
        if is_known
    ]
    return Evaluation(
        probabilities=np.array(
            [prediction.probabilities for prediction in known]
        ).reshape(len(known), len(classifier.class_names)),
        labels=labels[is_known],
        is_sure=is_sure[is_known],
        class_names=classifier.class_names,
        images=[prediction.image for prediction in known],
        is_sure_of_none=is_sure[~is_known],
    )


def accuracy(probabilities, labels):
    """Share of the most probable classes that are right."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def wilson_interval(right, n):
    """95 % interval of a share: (low, high); of nothing, all there is.

    Follows Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    if not n:
        return 0.0, 1.0
    share = right / n
    centre = share + Z**2 / (2 * n)
    spread = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low, high = (centre - spread) / (1 + Z**2 / n), (centre + spread) / (1 + Z**2 / n)
    return max(low, 0.0), min(high, 1.0)  # rounding alone leads out of them


def expected_calibration_error(probabilities, labels, bins=BINS):
    """Mean gap between probability and accuracy over bins of equal width.

    Follows Guo et al. 2017 (arXiv:1706.04599), section 2.
    """
    curve = calibration_curve(probabilities, labels, bins)
    gaps = [bin["count"] * abs(bin["confidence"] - bin["accuracy"]) for bin in curve]
    return sum(gaps) / max(len(labels), 1)


def calibration_curve(probabilities, labels, bins=BINS):
    """Count, mean probability and accuracy of each bin that has answers."""
    highest = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bin_of = np.minimum(np.ceil(highest * bins).astype(int) - 1, bins - 1)
    return [
        {
            "low": number / bins,
            "high": (number + 1) / bins,
            "count": int((bin_of == number).sum()),
            "confidence": float(highest[bin_of == number].mean()),
            "accuracy": float(right[bin_of == number].mean()),
        }
        for number in np.unique(bin_of).tolist()
    ]


def risk_curve(probabilities, labels, points=50):
    """How often answers are wrong when only the most probable ones are given.

    Follows El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective
    Classification": coverage is the share answered, risk the share of those wrong.
    """
    if not len(labels):
        return []
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = probabilities.argmax(axis=1)[order] != labels[order]
    answered = np.unique(np.linspace(1, len(labels), points).round().astype(int))
    errors = np.cumsum(wrong)[answered - 1]
    return [
        {"coverage": float(n / len(labels)), "risk": float(count / n)}
        for n, count in zip(answered, errors, strict=True)
    ]


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


def threshold_of_share(score, doubted):
    """The confidence under which a share of these answers, `doubted`, falls."""
    return _reachable(np.quantile(score.confidence, doubted))


def threshold_of_accuracy(score, labels, wanted):
    """The lowest confidence from which on so many of the answers are right.

    Args:
        score: `scoring.Score` of n images.
        labels: int (n,), NO_CLASS where no answer is right.
        wanted: share of right ones among the answers of at least that confidence.

    Returns:
        NEVER_SURE where the network is never right that often.
    """
    return _threshold(score, labels, lambda right, n: right / n >= wanted)


def supported_threshold(score, labels, wanted):
    """The same, where so many right ones are no accident of few answers.

    The lower end of the share's 95 % interval must be `wanted`.
    """
    return _threshold(score, labels, lambda right, n: _lowest(right, n) >= wanted)


def _threshold(score, labels, is_enough):
    """The lowest confidence whose answers, from there on, are right often enough.

    Answers of one confidence are all above a threshold, or all below it.
    """
    order = np.argsort(-score.confidence, kind="stable")
    confidence = score.confidence[order]
    right = (score.logits.argmax(axis=1) == labels)[order].cumsum()
    last_of_equal = np.append(confidence[:-1] != confidence[1:], True)[: len(order)]
    enough = is_enough(right, np.arange(1, len(order) + 1)) & last_of_equal
    places = np.flatnonzero(enough)
    return _reachable(confidence[places[-1]]) if len(places) else NEVER_SURE


def _reachable(threshold):
    """A threshold that answers of the highest confidence reach."""
    return min(float(threshold), math.nextafter(NEVER_SURE, 0))


def _lowest(right, n):
    """The lower ends of the intervals of several shares: float (k,)."""
    return np.array([wilson_interval(*pair)[0] for pair in zip(right, n, strict=True)])


def _surprise(logits, labels, log_temperature):
    """Mean negative log-likelihood of the labels at a temperature."""
    probabilities = softmax(logits / math.exp(log_temperature))
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-300).mean()
