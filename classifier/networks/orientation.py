"""Which way up a photograph is, told from its embedding: by which turn it is answered.

EXIF says how a camera was held, but not every program keeps it. From one view a quarter
turn to the left and one to the right look alike to pooled features; all four views
together tell them apart.
"""

from dataclasses import dataclass

import numpy as np

from . import heads
from .heads import Head, Moments

TURNS = 4
# What logits are divided by: views of one picture are no independent witnesses.
TEMPERATURE = 2.0
# A picture of a lower probability of being upright is looked at from all sides: one in
# fifteen of those that are upright, and nearly all others (docs/photographs.md).
LEAST_UPRIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Orientation:
    """A head that tells by how many quarter turns a picture was turned to the left."""

    head: Head

    @classmethod
    def learn(cls, embeddings):
        """Learn from pictures that are upright, and the same turned to the left.

        Args:
            embeddings: float32 (n, TURNS, dimensions), from no turn to three.
        """
        n, turns, dimensions = embeddings.shape
        labels = np.tile(np.arange(turns), n)
        rows = embeddings.reshape(n * turns, dimensions)
        return cls(heads.learn(Moments.of(rows, labels, turns)))

    def is_upright(self, embedding):
        """Tell whether a picture needs no other look: float32 (dimensions,)."""
        return bool(self._are_upright(self._log_probabilities(embedding)))

    def turns(self, embeddings):
        """Tell which views are upright.

        Args:
            embeddings: float32 (n, TURNS, dimensions), of each picture as it came, and
                turned to the left by one quarter, two and three.

        Returns:
            int (n,), by how many quarters each is to be turned to the left.
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
