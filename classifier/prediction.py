"""Picture -> Prediction, by the served networks: one of each per process, warmed."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from .embeddings import StoredEmbedding
from .networks import checkpoints
from .networks.preprocessing import to_batch
from .pictures import open_picture
from .pictures.modes import in_colour

_lock = threading.Lock()
_served = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network says of one picture, and which network said it."""

    class_name: str
    label: int
    probability: float
    class_names: tuple[str, ...]
    # Of a photograph they may sum to less than 1: the rest is "none of these".
    probabilities: tuple[float, ...]
    is_sure: bool
    network_version: str
    preprocessing_version: str
    latency_ms: float
    # What the network for images saw, uint8 (28, 28); None of a photograph.
    image: np.ndarray | None = field(compare=False, repr=False)
    # What the network for photographs made of it, float32 (dimensions,); else None.
    embedding: np.ndarray | None = field(compare=False, repr=False)
    # The same, as it is kept with an upload.
    stored_embedding: StoredEmbedding | None = field(compare=False, repr=False)


class Classifier:
    """A checkpoint, loaded and ready to answer from several threads."""

    def __init__(self, checkpoint):
        self.version = checkpoint.version
        self.card = checkpoint.card
        self.class_names = checkpoint.class_names
        self.preprocessing = checkpoint.preprocessing
        self.images: Any = None
        self.photographs: Any = None
        if checkpoint.has_image_network:
            self.images = checkpoint.load_image_network()
            self.image_calibration = checkpoint.calibration("image")
        if checkpoint.has_photograph_network:
            self.photographs = checkpoint.load_photograph_network()
            self.embedding_version = checkpoint.embedding_version
            self.photograph_calibration = checkpoint.calibration("photograph")
            # LiteRT plans its memory at the first call: no visitor waits for that.
            self.photographs.embed(Image.new("RGB", (64, 64)))

    def is_image(self, size):
        """Tell whether pictures of a size, (width, height), are a data set's images."""
        if self.photographs is None:
            return True
        return self.images is not None and self.preprocessing.keeps(size)

    def classify(self, picture):
        """Classify one PIL image of any mode and size."""
        start = time.perf_counter()
        if self.is_image(picture.size):
            return self._classify_image(picture, start)
        return self._classify_photograph(picture, start)

    def embed(self, picture):
        """Return the StoredEmbedding of one PIL image that is no data set's image."""
        return self._stored(self.photographs.embed(in_colour(picture)))

    def classify_many(self, pictures):
        """Classify PIL images, one after the other: a batch takes as long."""
        return [self.classify(picture) for picture in pictures]

    def _classify_image(self, picture, start):
        image = self.preprocessing.image(picture)
        logits = self.images(to_batch(image[np.newaxis]))
        return self._prediction(logits, self.image_calibration, start, image=image)

    def _classify_photograph(self, picture, start):
        embedding = self.photographs.embed(in_colour(picture))
        logits = self.photographs.logits(embedding[np.newaxis])
        return self._prediction(
            logits, self.photograph_calibration, start, embedding=embedding
        )

    def _prediction(self, logits, calibration, start, image=None, embedding=None):
        probabilities = calibration.probabilities(logits, len(self.class_names))
        [is_sure], [probabilities] = calibration.is_sure(probabilities), probabilities
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
            latency_ms=(time.perf_counter() - start) * 1000,
            image=image,
            embedding=embedding,
            stored_embedding=None if embedding is None else self._stored(embedding),
        )

    def _stored(self, embedding):
        return self.photographs.projection.store(embedding, self.embedding_version)


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
                _served = Classifier(checkpoints.served())
    return _served


def predict_imgpath(path):
    """Return the class name of the picture in a file, for use from Python.

    Raises:
        UnreadablePicture, NetworkUnavailable
    """
    return served().classify(open_picture(path)).class_name
