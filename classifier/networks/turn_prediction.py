"""The orientation of a photograph, from its embeddings.

EXIF records the orientation of the camera, but not every program keeps it. Pooled
features of one view hardly distinguish a quarter turn to the left from one to the
right; all four views together do.
"""

from dataclasses import dataclass

import numpy as np

from . import heads
from .heads import Head, Moments

TURNS = 4
# The divisor of logits: views of one picture are not independent.
TEMPERATURE = 2.0
# Below this probability of being upright, a picture is classified from all sides: one
# in fifteen upright pictures, and nearly all others (docs/photographs.md).
LEAST_UPRIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Orientation:
    """A head that estimates the quarter turns of a picture to the left."""

    head: Head

    @classmethod
    def learn(cls, embeddings):
        """Train on upright pictures, and on the same ones turned to the left.

        Args:
            embeddings: float32 (n, TURNS, dimensions), from no turn to three.
        """
        n, turns, dimensions = embeddings.shape
        labels = np.tile(np.arange(turns), n)
        rows = embeddings.reshape(n * turns, dimensions)
        return cls(heads.learn(Moments.of(rows, labels, turns)))

    def is_upright(self, embedding):
        """Tell whether one view of a picture is enough: float32 (dimensions,)."""
        return bool(self._are_upright(self._log_probabilities(embedding)))

    def turns(self, embeddings):
        """Find the upright views.

        Args:
            embeddings: float32 (n, TURNS, dimensions), of each picture in its original
                orientation, and turned to the left by one quarter, two and three.

        Returns:
            int (n,), the quarter turns to the left that make each picture upright.
        """
        known = self._log_probabilities(embeddings)  # (n, view, how it is turned)
        views = np.arange(TURNS)
        # A picture that is upright after `turn` quarters came turned by the rest.
        likely = [known[:, views, (views - turn) % TURNS].sum(axis=1) for turn in views]
        return np.where(self._are_upright(known[:, 0]), 0, np.argmax(likely, axis=0))

    def _log_probabilities(self, embeddings):
        logits = self.head.logits(embeddings) / TEMPERATURE
        shifted = logits - logits.max(axis=-1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))

    @staticmethod
    def _are_upright(log_probabilities):
        return log_probabilities[..., 0] >= np.log(LEAST_UPRIGHT)
