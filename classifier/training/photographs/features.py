"""Pictures -> pooled features, computed once and cached on disk.

An interrupted training resumes from the cache, and a training of the same pictures with
other classes has nothing to compute.
"""

import hashlib
import io
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.exceptions import UnreadablePicture
from classifier.networks.backbone import Backbone
from classifier.networks.litert import Network
from classifier.pictures import open_picture
from classifier.pictures.modes import in_colour
from deewhy.cores import cores

LEAST_SIDE = 8  # pixels
PROGRESS_S = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file without use for the training, with the reason."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The features of the readable pictures."""

    pooled: np.ndarray  # float16 (n, views, features)
    places: list[int]  # the positions of these pictures in the input
    digests: list[str]  # SHA-256 of each file
    skipped: list[Skipped]


class Extractor:
    """Runs a backbone over files on every core, and caches the features."""

    def __init__(self, models, views, folder):
        """Prepare a backbone.

        Args:
            models: bytes of each LiteRT model, side by side.
            views: `networks.views.View`s to compute of each picture.
            folder: Path of the cache, with a file set for each backbone and its views.
        """
        self._models = models
        self._views = views
        digest = hashlib.sha256(b"".join([*models, repr(views).encode()])).hexdigest()
        self._folder = Path(folder) / digest[:16]
        self._thread = threading.local()

    def see(self, paths, report=lambda done, total, left_s: None, digests=None):
        """Compute the features of pictures.

        Args:
            paths: of the files.
            report: called every few seconds with the number done, the total and about
                the seconds left.
            digests: SHA-256 that each file must have, None for any; by default any.

        Returns:
            Seen; files that are no pictures are skipped.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        pool = ThreadPoolExecutor(cores())
        try:
            results = list(
                _reported(
                    pool.map(self._see_one, paths, digests or [None] * len(paths)),
                    len(paths),
                    report,
                )
            )
        finally:
            pool.shutdown(cancel_futures=True)
        places = [
            place
            for place, result in enumerate(results)
            if not isinstance(result, Skipped)
        ]
        pooled = [results[place][1] for place in places]
        return Seen(
            np.stack(pooled)
            if pooled
            else np.empty((0, len(self._views), 0), np.float16),
            places,
            [results[place][0] for place in places],
            [result for result in results if isinstance(result, Skipped)],
        )

    def _see_one(self, path, wanted):
        try:
            content = Path(path).read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            if wanted not in (None, digest):
                return Skipped(path, "Its SHA-256 is not the one in the list.")
            kept = self._folder / f"{digest}.npy"
            if kept.exists():
                return digest, np.load(kept)
            picture = open_picture(io.BytesIO(content))
            if min(picture.size) < LEAST_SIDE:
                width, height = picture.size
                return Skipped(path, f"It is tiny: {width} x {height} pixels.")
            pooled = self._pooled(in_colour(picture))
        except (UnreadablePicture, OSError) as error:
            return Skipped(path, str(error))
        except Exception as error:  # one file must not end a training
            logger.exception("%s could not be read.", path)
            return Skipped(path, f"It could not be read: {error!r}.")
        _keep(kept, pooled)
        return digest, pooled

    def _pooled(self, picture):
        if not hasattr(self._thread, "backbone"):
            self._thread.backbone = Backbone([Network(each) for each in self._models])
        seen = [
            self._thread.backbone.features(view.of(picture)) for view in self._views
        ]
        return np.stack([each.pooled for each in seen]).astype(np.float16)


def _reported(results, total, report):
    """Yield results, and report the progress."""
    start = reported = time.monotonic()
    for done, result in enumerate(results, 1):
        yield result
        now = time.monotonic()
        if now - reported >= PROGRESS_S:
            report(done, total, (now - start) / done * (total - done))
            reported = now


def _keep(path, array):
    """Write an array under a temporary name, then rename it."""
    partial = path.with_suffix(f".{threading.get_ident()}")
    with open(partial, "wb") as file:
        np.save(file, array)
    partial.replace(path)
