"""An embedding as JSON, while it waits with its record."""

import base64

import numpy as np

from ..embeddings import StoredEmbedding

FLOAT = "<f4"


def as_json(embedding):
    """Return what JSON keeps of a StoredEmbedding; of None, None."""
    if embedding is None:
        return None
    return {
        "version": embedding.version,
        "levels": _text(embedding.levels),
        "vector": _text(np.array(embedding.vector, FLOAT).tobytes()),
    }


def from_json(kept):
    """Return the StoredEmbedding that `as_json` was given."""
    if kept is None:
        return None
    vector = np.frombuffer(base64.b64decode(kept["vector"]), FLOAT)
    levels = base64.b64decode(kept["levels"])
    return StoredEmbedding(kept["version"], levels, tuple(vector.tolist()))


def _text(content):
    return base64.b64encode(content).decode()
