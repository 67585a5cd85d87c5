"""Picture -> Prediction, by the networks of one checkpoint."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from deewhy import metrics

from ..embeddings import StoredEmbedding
from ..pictures.modes import in_colour
from .checkpoints import Checkpoint
from .confidence import Calibration
from .preprocessing import to_batch
from .projection import Projection


@dataclass(frozen=True, slots=True)
class Prediction:
    """The network's answer for one picture, and the network's version."""

    class_name: str
    label: int
    probability: float
    class_names: tuple[str, ...]
    # The sum for a photograph may be below 1: the rest is "none of these".
    probabilities: tuple[float, ...]
    is_sure: bool
    network_version: str
    preprocessing_version: str
    latency_ms: float
    # The input of the network for images, uint8 (28, 28); None for a photograph.
    image: np.ndarray | None = field(compare=False, repr=False)
    # The features of a photograph, float32 (dimensions,); None for an image.
    embedding: np.ndarray | None = field(compare=False, repr=False)
    # The embedding in the form that is stored with an upload.
    stored_embedding: StoredEmbedding | None = field(compare=False, repr=False)


class Classifier:
    """A checkpoint, loaded and ready to answer from several threads."""

    def __init__(self, checkpoint: Checkpoint) -> None:
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
            # LiteRT plans its memory at the first call; no visitor should wait for
            # that.
            self.photographs.embed(Image.new("RGB", (64, 64)))

    def is_image(self, size: tuple[int, int]) -> bool:
        """Tell whether a size, (width, height), is that of a data set's images."""
        if self.photographs is None:
            return True
        return self.images is not None and self.preprocessing.keeps(size)

    @metrics.part("classify")
    def classify(self, picture: Image.Image) -> Prediction:
        """Classify one PIL image of any mode and size."""
        start = time.perf_counter()
        if self.is_image(picture.size):
            return self._classify_image(picture, start)
        return self._classify_photograph(picture, start)

    def embed(self, picture: Image.Image) -> StoredEmbedding:
        """Return the StoredEmbedding of one PIL photograph."""
        return self._stored(self.photographs.embed(in_colour(picture)))

    def score(self, levels: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """Answer embeddings as uploads keep them.

        Args:
            levels: bytes of each, of this network's embedding version.

        Returns:
            The calibrated probabilities, float64 (n, classes), and of which answers to
            be sure, bool (n,).
        """
        projection = self.photographs.projection
        rows = np.frombuffer(b"".join(levels), np.int8).reshape(len(levels), -1)
        logits = self.photographs.logits(projection.restore(rows))
        probabilities = self.photograph_calibration.probabilities(
            logits, len(self.class_names)
        )
        return probabilities, self.photograph_calibration.is_sure(probabilities)

    def _classify_image(self, picture: Image.Image, start: float) -> Prediction:
        image = self.preprocessing.image(picture)
        logits = self.images(to_batch(image[np.newaxis]))
        return self._prediction(logits, self.image_calibration, start, image=image)

    def _classify_photograph(self, picture: Image.Image, start: float) -> Prediction:
        embedding = self.photographs.embed(in_colour(picture))
        logits = self.photographs.logits(embedding[np.newaxis])
        return self._prediction(
            logits, self.photograph_calibration, start, embedding=embedding
        )

    def _prediction(
        self,
        logits: np.ndarray,
        calibration: Calibration,
        start: float,
        image: np.ndarray | None = None,
        embedding: np.ndarray | None = None,
    ) -> Prediction:
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

    def _stored(self, embedding: np.ndarray) -> StoredEmbedding:
        projection: Projection = self.photographs.projection
        return projection.store(embedding, self.embedding_version)
