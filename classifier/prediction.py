"""Picture -> Prediction, by the served networks: one of each per process, warmed up.

Another checkpoint that is promoted takes their place within seconds, ready to answer.
"""

import ctypes
import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from deewhy.background import repeat

from .exceptions import NetworkUnavailable
from .networks import checkpoints
from .networks.checkpoints import Checkpoint
from .networks.classifier import Classifier, Prediction
from .pictures import open_picture

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

__all__ = ["Classifier", "Prediction", "load", "predict_imgpath", "served"]

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_served: Classifier | None = None


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A promoted checkpoint that cannot be served, and why."""

    version: str
    reason: str
    at: float = field(default_factory=time.monotonic)

    def is_over(self, version: str) -> bool:
        """Tell whether to load a version now."""
        is_old = time.monotonic() > self.at + RETRY_AFTER_S
        return version != self.version or is_old


_refusal: _Refusal | None = None


def load(checkpoint: Checkpoint) -> Classifier:
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


def served() -> Classifier:
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


def loaded_version() -> str | None:
    """Return the version of the loaded checkpoint, None before the first answer."""
    return _served.version if _served else None


def start() -> None:
    """Load promoted checkpoints from now on; called in serving processes."""
    repeat(refresh, name="look for a promoted checkpoint", every_s=LOOK_EVERY_S)


def refresh() -> None:
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


def _give_back_memory() -> None:
    """Return the old network's memory to the system, where the C library can."""
    if hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)


def predict_imgpath(path: str | Path) -> str:
    """Return the class name of the picture in a file, for use from Python.

    Raises:
        UnreadablePicture, NetworkUnavailable
    """
    return served().classify(open_picture(path)).class_name
