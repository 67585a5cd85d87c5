"""Picture -> Prediction, by the served networks: one of each per process, warmed up.

Another checkpoint that is promoted takes their place within seconds, ready to answer.
"""

import ctypes
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from deewhy.background import repeat

from .embeddings import StoredEmbedding
from .exceptions import NetworkUnavailable
from .networks import checkpoints
from .networks.preprocessing import to_batch
from .pictures import open_picture
from .pictures.modes import in_colour

LOOK_EVERY_S = 2.0
RETRY_AFTER_S = 10.0
# What a file that was changed makes of loading it and of the first answers.
BROKEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_served = None
_refusal = None


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


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A promoted checkpoint that cannot be served, and why."""

    version: str
    reason: str
    at: float = field(default_factory=time.monotonic)

    def is_over(self, version):
        """Tell whether to load a version now."""
        is_old = time.monotonic() > self.at + RETRY_AFTER_S
        return version != self.version or is_old


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
            # LiteRT plans its memory at the first call; no visitor should wait for
            # that.
            self.photographs.embed(Image.new("RGB", (64, 64)))

    def is_image(self, size):
        """Tell whether a size, (width, height), is that of a data set's images."""
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
        """Return the StoredEmbedding of one PIL photograph."""
        return self._stored(self.photographs.embed(in_colour(picture)))

    def classify_many(self, pictures):
        """Classify PIL images one by one: a batch would not be faster."""
        return [self.classify(picture) for picture in pictures]

    def score(self, levels):
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


def load(checkpoint):
    """Return the Classifier of a checkpoint, after it has answered samples.

    Raises:
        NetworkUnavailable: it is broken.
    """
    try:
        classifier = Classifier(checkpoint)
        for sample in (Image.new("L", (28, 28)), Image.new("RGB", (64, 64))):
            probabilities = classifier.classify(sample).probabilities
            if len(probabilities) != len(classifier.class_names):
                raise ValueError(f"it gives {len(probabilities)} probabilities")
            if not np.isfinite(probabilities).all():
                raise ValueError("its probabilities are no numbers")
    except NetworkUnavailable:
        raise
    except BROKEN as error:
        raise NetworkUnavailable(
            f"Checkpoint {checkpoint.version} does not answer as a network of"
            f" {len(checkpoint.class_names)} classes does: {error}."
        ) from error
    return classifier


def served():
    """Return this process's classifier; the first call loads and warms it.

    It may change between two calls: keep it for several questions about a picture.

    Raises:
        NetworkUnavailable: the checkpoint is missing or broken; a later call tries
            again.
    """
    global _served
    if _served is None:
        with _lock:
            if _served is None:
                _served = load(checkpoints.served())
    return _served


def loaded_version():
    """Return the version of the loaded checkpoint, None before the first answer."""
    return _served and _served.version


def start():
    """Load promoted checkpoints from now on; called in serving processes."""
    repeat(refresh, name="look for a promoted checkpoint", every_s=LOOK_EVERY_S)


def refresh():
    """Load the checkpoint to serve if it changed; the old one answers meanwhile.

    The old one is freed after its last call. A broken one is refused and tried again
    later, because its files may still be arriving; the cause is logged once.
    """
    global _served, _refusal
    if _served is None:
        return  # the first call will load it
    version = ""
    try:
        version = checkpoints.served_version()
        if version == _served.version:
            _refusal = None
        elif _refusal is None or _refusal.is_over(version):
            _served, _refusal = load(checkpoints.open_checkpoint(version)), None
            _give_back_memory()
            logger.info("Checkpoint %s answers from now on.", version)
    except (NetworkUnavailable, OSError, MemoryError) as error:
        if _refusal is None or str(error) != _refusal.reason:
            logger.error("Checkpoint %s goes on answering: %s", _served.version, error)
        _refusal = _Refusal(version, str(error))


def _give_back_memory():
    """Return the old network's memory to the system, where the C library can."""
    if hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)


def predict_imgpath(path):
    """Return the class name of the picture in a file, for use from Python.

    Raises:
        UnreadablePicture, NetworkUnavailable
    """
    return served().classify(open_picture(path)).class_name
