"""Pooled features -> an embedding: a few hundred bytes that tell pictures apart.

The square root of a pooled ReLU feature is closer to normal than the feature itself,
which gives a linear head two points of accuracy (docs/photographs.md).
"""

from dataclasses import dataclass

import numpy as np

from ..embeddings import SEARCHED, StoredEmbedding

DIMENSIONS = 512
LEVELS = 127


@dataclass(frozen=True, slots=True)
class Projection:
    """Principal components of the roots of pooled features."""

    centre: np.ndarray  # float32 (features,)
    basis: np.ndarray  # float32 (features, dimensions), largest variance first
    step: np.ndarray  # float32 (dimensions,), the value of one level of a byte

    @classmethod
    def learn(cls, pooled, dimensions=DIMENSIONS):
        """Fit a projection to pooled features: float32 (n, features), n > 1."""
        roots = np.sqrt(pooled)
        centre = roots.mean(axis=0)
        _, vectors = np.linalg.eigh(np.cov(roots - centre, rowvar=False))
        basis = vectors[:, ::-1][:, :dimensions].astype(np.float32)
        step = np.abs((roots - centre) @ basis).max(axis=0) / LEVELS
        return cls(centre, basis, np.maximum(step, np.finfo(np.float32).tiny))

    def embed(self, pooled):
        """Project pooled features: float32 (n, features) -> (n, dimensions)."""
        return (np.sqrt(pooled) - self.centre) @ self.basis

    def quantize(self, embeddings):
        """Round embeddings to bytes: float32 (n, dimensions) -> int8 (same)."""
        return np.clip(np.rint(embeddings / self.step), -LEVELS, LEVELS).astype(np.int8)

    def restore(self, quantized):
        """Return the embeddings behind quantized bytes: int8 -> float32."""
        return quantized.astype(np.float32) * self.step

    def store(self, embedding: np.ndarray, version: str) -> StoredEmbedding:
        """Return the StoredEmbedding of one embedding: float32 (dimensions,)."""
        levels = self.quantize(embedding)
        vector = np.zeros(SEARCHED, np.float32)
        restored = self.restore(levels)[:SEARCHED]
        vector[: len(restored)] = restored
        return StoredEmbedding(version, levels.tobytes(), tuple(vector.tolist()))
