"""Picture -> Prediction, by the served network: one per process, warmed."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from . import registry
from .calibration import KINDS, Calibration, softmax
from .pictures import open_picture
from .preprocessing import to_batch

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
    # What the network saw: uint8 (28, 28).
    image: np.ndarray = field(compare=False, repr=False)


class Classifier:
    """A checkpoint, loaded and ready to answer from several threads."""

    def __init__(self, checkpoint):
        self.version = checkpoint.version
        self.card = checkpoint.card
        self.class_names = checkpoint.class_names
        self.preprocessing = checkpoint.preprocessing
        self.calibration = Calibration.from_card(checkpoint.card)
        networks = {kind: checkpoint.load(kind) for kind in checkpoint.kinds}
        self._networks = [networks.get(kind, networks["image"]) for kind in KINDS]

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
        images = np.array([view.image for view in views])
        is_photograph = np.array([view.is_photograph for view in views])
        probabilities = self.probabilities(images, is_photograph)
        is_sure = self.calibration.is_sure(probabilities, is_photograph)
        latency_ms = (time.perf_counter() - start) * 1000 / len(views)
        return [
            self._prediction(*answer, latency_ms)
            for answer in zip(images, probabilities, is_sure, strict=True)
        ]

    def logits(self, images, is_photograph=False):
        """Raw scores: uint8 (n, h, w) -> float32 (n, classes).

        Args:
            images: as the network sees them.
            is_photograph: bool (n,) or one for all: whether they were cut out.
        """
        is_photograph = np.broadcast_to(is_photograph, len(images))
        logits = np.empty((len(images), len(self.class_names)), np.float32)
        for rows, network in zip(
            (~is_photograph, is_photograph), self._networks, strict=True
        ):
            logits[rows] = network(to_batch(images[rows]))
        return logits

    def probabilities(self, images, is_photograph=False):
        """Calibrated, rows sum to 1; float64, else as `logits()`."""
        temperature = self.calibration.temperature(is_photograph)
        return softmax(self.logits(images, is_photograph) / temperature)

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
