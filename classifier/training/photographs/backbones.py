"""The published backbones in int8: converted once, then copied between checkpoints."""

import numpy as np

from classifier.exceptions import UnreadablePicture
from classifier.networks import checkpoints
from classifier.networks.backbone import to_batch
from classifier.pictures import open_picture
from classifier.pictures.modes import in_colour

# EfficientNet-Lite0 and -Lite2 side by side, at their published input sizes.
SIDES = {0: 224, 2: 260}
# The ranges of int8 are set by the activations of this many pictures.
REPRESENTATIVE = 200


def of_checkpoint(checkpoint):
    """Return the models of a checkpoint by variant, empty if it has none."""
    if checkpoint is None or not checkpoint.has_photograph_network:
        return {}
    variants = checkpoint.card["networks"]["photograph"]["variants"]
    return {
        variant: (checkpoint.path / name_of(variant)).read_bytes()
        for variant in variants
    }


def published(paths, seed, report=lambda message: None):
    """Convert the published networks; takes minutes and needs TensorFlow.

    Args:
        paths: of pictures similar to those in use.
        seed: selects the pictures that set the ranges.
        report: called with messages about the progress.

    Returns:
        dict of the bytes of LiteRT models by variant.

    Raises:
        FileNotFoundError: a package of weights is not installed.
    """
    from . import pretrained

    weights = {variant: pretrained.read_weights(variant) for variant in SIDES}
    pictures = _some(paths, seed)

    from .efficientnet import build_backbone, set_weights, to_int8

    models = {}
    for variant, side in SIDES.items():
        report(f"Converting EfficientNet-Lite{variant} by {len(pictures)} pictures")
        network = build_backbone(variant, side)
        set_weights(network, weights[variant])
        batches = [to_batch(picture, side) for picture in pictures]
        models[variant] = to_int8(network, batches)
    return models


def name_of(variant):
    """Return the name of a backbone's file."""
    return checkpoints.BACKBONE_MODEL.format(variant=variant)


def _some(paths, seed):
    """Open a few random pictures, reduced in size."""
    pictures = []
    for place in np.random.default_rng(seed).permutation(len(paths)):
        try:
            picture = in_colour(open_picture(paths[place]))
        except (UnreadablePicture, OSError):
            continue
        picture.thumbnail((2 * max(SIDES.values()),) * 2)
        pictures.append(picture)
        if len(pictures) == REPRESENTATIVE:
            break
    return pictures
