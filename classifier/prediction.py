"""Picture -> Prediction, by the served network: one per process, warmed."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from . import registry
from .calibration import Calibration
from .pictures import open_picture
from .scoring import Scorer

_lock = threading.Lock()
_served = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network says of one picture, and which network said it."""

    class_name: str
    label: int
    probability: float
    class_names: tuple[str, ...]
    probabilities: tuple[float, ...]
    is_sure: bool
    network_version: str
    preprocessing_version: str
    latency_ms: float
    # What the network saw: uint8 (28, 28), two such views of a photograph side by side.
    image: np.ndarray = field(compare=False, repr=False)


class Classifier:
    """A checkpoint, loaded and ready to answer from several threads."""

    def __init__(self, checkpoint):
        self.version = checkpoint.version
        self.card = checkpoint.card
        self.class_names = checkpoint.class_names
        self.preprocessing = checkpoint.preprocessing
        self.calibration = Calibration.from_card(checkpoint.card)
        self.scorer = Scorer({kind: checkpoint.load(kind) for kind in checkpoint.kinds})

    def classify(self, picture):
        """Classify one PIL image of any mode and size."""
        return self.classify_many([picture])[0]

    def classify_many(self, pictures):
        """Classify PIL images in as few calls of the network as hold them."""
        start = time.perf_counter()
        return self.classify_views(map(self.preprocessing.view, pictures), start)

    def classify_views(self, views, start=None):
        """Classify what `Preprocessing.view()` made of pictures.

        Args:
            views: iterable of View.
            start: `time.perf_counter()` at the beginning of the work, if not now.
        """
        start = time.perf_counter() if start is None else start
        views = list(views)
        if not views:
            return []
        is_photograph = np.array([view.is_photograph for view in views])
        probabilities = np.empty((len(views), len(self.class_names)))
        is_sure = np.empty(len(views), bool)
        for kind in np.unique(is_photograph):
            rows = np.flatnonzero(is_photograph == kind)
            images = np.array([views[row].image for row in rows])
            scale = self.calibration.scale(kind)
            score = self.scorer.score(images, kind)
            probabilities[rows] = scale.probabilities(score.logits)
            is_sure[rows] = scale.is_sure(score.confidence)
        latency_ms = (time.perf_counter() - start) * 1000 / len(views)
        return [
            self._prediction(view.image, of_classes, is_one_sure, latency_ms)
            for view, of_classes, is_one_sure in zip(
                views, probabilities, is_sure, strict=True
            )
        ]

    def probabilities(self, images, is_photograph=False):
        """Calibrated, rows sum to 1; float64 (n, classes), of what `score()` takes."""
        logits = self.scorer.score(images, is_photograph).logits
        return self.calibration.scale(is_photograph).probabilities(logits)

    def _prediction(self, image, probabilities, is_sure, latency_ms):
        label = int(probabilities.argmax())
        return Prediction(
            class_name=self.class_names[label],
            label=label,
            probability=float(probabilities[label]),
            class_names=self.class_names,
            probabilities=tuple(probabilities.tolist()),
            is_sure=bool(is_sure),
            network_version=self.version,
            preprocessing_version=self.preprocessing.version,
            latency_ms=latency_ms,
            image=image,
        )


def served():
    """Return this process's classifier; the first call loads and warms it.

    Raises:
        NetworkUnavailable: the checkpoint is missing or broken; a later call tries
            again.
    """
    global _served
    if _served is None:
        with _lock:
            if _served is None:
                _served = Classifier(registry.served())
    return _served


def predict_imgpath(path):
    """Return the class name of the picture in a file, for use from Python.

    Raises:
        UnreadablePicture, NetworkUnavailable
    """
    return served().classify(open_picture(path)).class_name
