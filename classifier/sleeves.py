"""Moves sleeves as arms do: the data set shows them hanging down beside the trunk."""

import math

import cv2
import numpy as np

from .surfaces import ALONG_SIDE, CANVAS


def spread(x, y, angle, shoulder):
    """Turn what is beside the trunk outwards about the shoulders.

    Args:
        x, y: float32 (h, w), the places of what is to be seen, -1 to 1.
        angle: in radians.
        shoulder: the place of the one on the right.

    Returns:
        The places to sample there; beyond the image where nothing is.
    """
    outwards, down = np.abs(x) - shoulder[0], y - shoulder[1]
    cos, sin = math.cos(angle), math.sin(angle)
    turned = outwards * cos - down * sin, outwards * sin + down * cos
    is_sleeve = (turned[0] > 0) & (outwards > 0)
    is_gap = ~is_sleeve & (outwards > 0) & (down > 0)
    across = np.where(is_sleeve, turned[0], outwards) + shoulder[0]
    across[is_gap] = 9  # nothing is there to sample
    return np.sign(x) * across, np.where(is_sleeve, turned[1], down) + shoulder[1]


def bend(layers, rng):
    """Lift the sleeves from the trunk and bend them at the elbow, often over it.

    Args:
        layers: uint8 (h, w, 2), a garment light on black, and where it is, 0 or 255.
        rng: NumPy generator; the same state bends the same way.

    Returns:
        uint8 (CANVAS, CANVAS, 2).
    """
    layers = cv2.resize(layers, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    armpit = rng.uniform(0.4, 0.56)
    posed = layers.astype(np.float32)
    posed[:, np.abs(ALONG_SIDE) > armpit] = 0
    for side in (-1, 1):
        sleeve = layers.astype(np.float32)
        sleeve[:, ALONG_SIDE * side <= armpit] = 0
        for part, matrix in _bent(sleeve, side, armpit, rng):
            moved = cv2.warpAffine(part, matrix[:2], (CANVAS, CANVAS))
            alpha = moved[..., 1:] / 255
            shadow = cv2.GaussianBlur(alpha, (0, 0), 1)[..., None]
            posed[..., :1] *= 1 - shadow * np.float32(rng.uniform(0, 0.3))
            posed += moved - posed * alpha
    return np.clip(posed, 0, 255).astype(np.uint8)


def _bent(sleeve, side, armpit, rng):
    """Halve a sleeve at the elbow: each half, and the matrix (3, 3) that moves it."""
    lift = side * rng.uniform(-5, 40)
    fold = -side * rng.uniform(0, 120)
    elbow = rng.uniform(-0.2, 0.15)
    joints = (side * (armpit + 0.1), -0.7), (side * (armpit + 0.2), elbow)
    centres = [[(place + 1) * CANVAS / 2 for place in joint] for joint in joints]
    turns = [
        np.vstack([cv2.getRotationMatrix2D(centre, float(angle), 1), [0, 0, 1]])
        for centre, angle in zip(centres, (lift, fold), strict=True)
    ]
    upper, lower = sleeve.copy(), sleeve.copy()
    overlap = 0.07
    upper[elbow + overlap < ALONG_SIDE] = 0
    lower[elbow - overlap > ALONG_SIDE] = 0
    return (upper, turns[0]), (lower, turns[0] @ turns[1])
