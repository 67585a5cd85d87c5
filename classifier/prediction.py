"""Picture -> Prediction, by the served network: one per process, compiled, warmed."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from . import registry
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
        from .network import compile_network

        self.version = checkpoint.version
        self.card = checkpoint.card
        self.class_names = checkpoint.class_names
        self.preprocessing = checkpoint.preprocessing
        self._logits = compile_network(checkpoint.load())

    def classify(self, picture):
        """Classify one PIL image of any mode and size."""
        return self.classify_many([picture])[0]

    def classify_many(self, pictures):
        """Classify PIL images in as few calls of the network as hold them."""
        start = time.perf_counter()
        images = [self.preprocessing.to_image(picture) for picture in pictures]
        return self.classify_images(images, start)

    def classify_images(self, images, start=None):
        """Classify what preprocessing made: uint8 (n, height, width), or a list.

        Args:
            images: as the network sees them.
            start: `time.perf_counter()` at the beginning of the work, if not now.
        """
        start = time.perf_counter() if start is None else start
        if not len(images):
            return []
        probabilities = self.probabilities(images)
        latency_ms = (time.perf_counter() - start) * 1000 / len(images)
        return [
            self._prediction(image, row, latency_ms)
            for image, row in zip(images, probabilities, strict=True)
        ]

    def logits(self, images):
        """Raw scores: uint8 (n, h, w) -> float32 (n, classes)."""
        return self._logits(to_batch(images))

    def probabilities(self, images):
        """Calibrated, rows sum to 1: uint8 (n, h, w) -> float64 (n, classes)."""
        return softmax(self.logits(images) / self.card["temperature"])

    def _prediction(self, image, probabilities, latency_ms):
        label = int(probabilities.argmax())
        return Prediction(
            class_name=self.class_names[label],
            label=label,
            probability=float(probabilities[label]),
            class_names=self.class_names,
            probabilities=tuple(probabilities.tolist()),
            is_sure=bool(probabilities[label] >= self.card["not_sure"]["threshold"]),
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


def softmax(logits):
    """Turn logits (n, classes) into float64 probabilities of the same shape."""
    shifted = np.asarray(logits, np.float64)
    exponents = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
