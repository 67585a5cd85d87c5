"""Metrics of probabilities: accuracy, calibration, and the value of rejection.

Everything here works on arrays of probabilities (n, classes) and labels (n,).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..pictures.modes import in_colour

BINS = 15
MISTAKES = 24
# With fewer pictures, a class's recall has an uncertainty of about 20 points.
TELLING = 20
THUMBNAIL = 96
# The label of out-of-distribution pictures, which show no class.
NO_CLASS = -1
# The quantile of the normal distribution for a 95 % interval.
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network's answers to a data set, with all metrics."""

    probabilities: np.ndarray
    labels: np.ndarray
    is_sure: np.ndarray
    class_names: tuple[str, ...]
    # The network's inputs, for the report: uint8 (height, width) or (height, width, 3).
    images: Sequence[np.ndarray] = ()
    # Whether the answer to each out-of-distribution picture was sure.
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
        """Precision, recall and F1 of each class; 0 for an empty class."""
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
                "recall_interval": wilson_interval(right, pictures),
                "f1": 2 * right / max(answered + pictures, 1),
                "pictures": pictures,
            }
            for name, right, answered, pictures in rows
        ]

    def not_sure(self):
        """The accuracy of the sure answers, and the share of the others."""
        sure = int(self.is_sure.sum())
        sure_and_right = int((self.is_sure & self.is_right).sum())
        return {
            "share": (len(self.labels) - sure) / max(len(self.labels), 1),
            "accuracy_when_sure": sure_and_right / max(sure, 1),
            "accuracy_when_sure_interval": wilson_interval(sure_and_right, sure),
            "right_but_not_sure": int(self.is_right.sum()) - sure_and_right,
        }

    def no_class(self):
        """The share of out-of-distribution pictures that were rejected."""
        pictures = len(self.is_sure_of_none)
        rejected = pictures - int(self.is_sure_of_none.sum())
        return {"pictures": pictures, "not_sure": rejected / max(pictures, 1)}

    def mistakes(self, count=MISTAKES):
        """The positions of the wrong answers, most probable first."""
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


def evaluation_of(class_names, predictions, labels, images):
    """Compare predictions with their labels.

    Args:
        class_names: the names of the labels.
        predictions: list of Prediction.
        labels: int (n,), NO_CLASS for a picture of no class.
        images: thumbnail of each picture.

    Returns:
        The Evaluation.
    """
    labels = np.asarray(labels, int)
    is_known = labels != NO_CLASS
    probabilities = np.array([each.probabilities for each in predictions])
    is_sure = np.array([each.is_sure for each in predictions], bool)
    return Evaluation(
        probabilities=probabilities.reshape(len(labels), len(class_names))[is_known],
        labels=labels[is_known],
        is_sure=is_sure[is_known],
        class_names=class_names,
        images=[images[place] for place in np.flatnonzero(is_known)],
        is_sure_of_none=is_sure[~is_known],
    )


def thumbnail(picture):
    """Shrink a PIL image for a report: uint8, at most THUMBNAIL pixels a side."""
    shown = picture if picture.mode == "L" else in_colour(picture)
    if max(shown.size) > THUMBNAIL:
        shown = shown.copy()
        shown.thumbnail((THUMBNAIL, THUMBNAIL))
    return np.asarray(shown)


def accuracy(probabilities, labels):
    """Share of the most probable classes that are right."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def wilson_interval(right, n):
    """95 % interval of a share: (low, high); (0, 1) without observations.

    Follows Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    if not n:
        return 0.0, 1.0
    share = right / n
    centre = share + Z**2 / (2 * n)
    spread = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low, high = (centre - spread) / (1 + Z**2 / n), (centre + spread) / (1 + Z**2 / n)
    return max(low, 0.0), min(high, 1.0)  # only rounding exceeds them


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
    """Risk and coverage when only the most probable answers are given.

    Follows El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective
    Classification": coverage is the answered share, risk the wrong share among those.
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
