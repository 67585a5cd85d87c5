"""An embedding, as it is kept with an upload and searched by."""

from dataclasses import dataclass

SEARCHED = 128
"""Dimensions by which similar pictures are found, those of the largest variance."""


@dataclass(frozen=True, slots=True)
class StoredEmbedding:
    """An embedding as an upload keeps it."""

    version: str  # of what made it: only embeddings of one version can be compared
    levels: bytes  # int8 (dimensions,)
    vector: tuple[float, ...]  # (SEARCHED,), restored from the first levels
