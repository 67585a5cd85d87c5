"""Embeddings as JSON, for the records in the spool."""

import base64

import numpy as np

from ..embeddings import StoredEmbedding

FLOAT = "<f4"


def as_json(embedding):
    """Return a StoredEmbedding as a JSON value; None stays None."""
    if embedding is None:
        return None
    return {
        "version": embedding.version,
        "levels": _text(embedding.levels),
        "vector": _text(np.array(embedding.vector, FLOAT).tobytes()),
    }


def from_json(kept):
    """Return the StoredEmbedding from the output of `as_json`."""
    if kept is None:
        return None
    vector = np.frombuffer(base64.b64decode(kept["vector"]), FLOAT)
    levels = base64.b64decode(kept["levels"])
    return StoredEmbedding(kept["version"], levels, tuple(vector.tolist()))


def _text(content):
    return base64.b64encode(content).decode()
