"""A picture -> feature maps, by pretrained networks in LiteRT."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

# Published inputs are (x - 127) / 128.
MIDDLE, HALF_RANGE = 127, 128


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one picture."""

    # float32 (height, width, channels) each, at least 0: one map of each network.
    maps: tuple[np.ndarray, ...]

    @property
    def pooled(self):
        """The mean of each channel: float32 (features,), network after network."""
        return np.concatenate([each.mean(axis=(0, 1)) for each in self.maps])


class Backbone:
    """Several networks side by side, each with its own input size."""

    def __init__(self, networks):
        """Take `inference.Network`s, each from (n, side, side, 3) to feature maps."""
        self.networks = networks

    def features(self, picture):
        """Compute the features of an upright PIL image in mode RGB, of any size."""
        return Features(
            tuple(
                network(to_batch(picture, network.side))[0] for network in self.networks
            )
        )


def to_batch(picture, side):
    """Squeeze a PIL image in mode RGB into a square: float32 (1, side, side, 3).

    Nothing is cropped, because a garment may reach to the edges.
    """
    small = picture.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    batch = np.array(small, np.float32)[np.newaxis]
    batch -= MIDDLE
    batch /= HALF_RANGE
    return batch
