"""Incomplete interlaced PNG: decoded at the resolution of the passes that arrived.

W3C, Portable Network Graphics (Third Edition), section 8.2.
"""

import numpy as np
from PIL import Image

# After five of seven passes, every second pixel of every second row is there; after
# three, every fourth.
STEPS = (2, 4)
LEAST_SIDE = 28  # the side of the network's images


def coarse(picture, noise):
    """Return a picture in which each decoded pixel fills the square around it.

    Args:
        picture: decoded on rows of noise.
        noise: the picture of one such row.

    Raises:
        EOFError: too few pixels arrived.
    """
    for step in STEPS:
        size = [-(-length // step) for length in picture.size]
        if max(size) >= LEAST_SIDE and _came(picture, noise, step):
            # Take the first pixel of each square, not its centre.
            first = (1 - step) / 2
            matrix = (step, 0, first, 0, step, first)
            grid = picture.transform(size, Image.Transform.AFFINE, matrix)
            whole = [length * step for length in size]
            spread = grid.resize(whole, Image.Resampling.NEAREST)
            return spread.crop((0, 0, *picture.size))
    raise EOFError


def _came(picture, noise, step):
    """Tell whether most of each row of a grid differs from noise."""
    noise = np.asarray(noise)[:, ::step]
    same = np.asarray(picture)[::step, ::step] == noise
    same = same.reshape(*same.shape[:2], -1).all(axis=2)
    return same.mean(axis=1).max() < 0.5
