"""A checkpoint that answers photographs by a tiny network, made in a second."""

from functools import cache

import numpy as np

from classifier import registry
from classifier.labels import CLASS_NAMES

from .networks import make_card

SIDE, FEATURES, DIMENSIONS = 8, 8, 6


def make_photograph_checkpoint(version="photographs", *, head=0, projection=0):
    """Save a checkpoint without an image network and serve it.

    Args:
        version: its name; set CHECKPOINTS_DIR before.
        head: seed of the head.
        projection: seed of the projection.
    """
    card = make_card(
        class_names=list(CLASS_NAMES), networks={"photograph": {"variants": [0]}}
    )
    random = np.random.default_rng(projection)
    weights = np.random.default_rng(head).normal(size=(DIMENSIONS, len(CLASS_NAMES)))
    arrays = {
        "centre": np.full(FEATURES, 0.5, np.float32),
        "basis": random.normal(size=(FEATURES, DIMENSIONS)).astype(np.float16),
        "step": np.full(DIMENSIONS, 0.1, np.float32),
        "weights": weights.astype(np.float32),
        "bias": np.zeros(len(CLASS_NAMES), np.float32),
    }
    files = {
        registry.BACKBONE_MODEL.format(variant=0): make_backbone(),
        registry.HEAD: arrays,
    }
    checkpoint = registry.save(version, files, card, f"<h1>{version}</h1>")
    registry.serve(version)
    return checkpoint


@cache
def make_backbone():
    """Return the bytes of a LiteRT model: (n, 8, 8, 3) -> (n, 4, 4, FEATURES)."""
    import keras

    from classifier.network import to_litert

    keras.utils.set_random_seed(0)
    layer = keras.layers.Conv2D(FEATURES, 2, strides=2, activation="relu")
    return to_litert(keras.Sequential([keras.Input((SIDE, SIDE, 3)), layer]))
