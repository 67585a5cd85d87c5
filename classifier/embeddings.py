"""Embeddings in the form in which uploads store and search them."""

from dataclasses import dataclass

SEARCHED = 128
"""Dimensions by which similar pictures are found, those of the largest variance."""


@dataclass(frozen=True, slots=True)
class StoredEmbedding:
    """An embedding as stored with an upload."""

    version: str  # of the network; only embeddings of one version are comparable
    levels: bytes  # int8 (dimensions,)
    vector: tuple[float, ...]  # (SEARCHED,), restored from the first levels
