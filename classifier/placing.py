"""Places an image's garment on a canvas: turned, scaled, bent, tucked in, in pairs."""

import math

import cv2
import numpy as np

from . import masks, sleeves, surfaces
from .surfaces import ALONG_SIDE

# The photograph's edges cut many of what people wear.
SCALE_WORN = (0.45, 1.2)
SCALE_WORN_LONG = (0.45, 0.85)
# Of garments with long sleeves, in how many they are bent at the elbow.
BENT_SHARE = 0.4
# Of what may be tucked in, how much is, and how much of it is seen.
TUCKED_SHARE = 0.15
SEEN_OF_TUCKED = (0.55, 0.9)
# Of bags, how many are made backpacks, of which the data set has few: by so much higher
# than wide, the upper part of that height round.
BACKPACK_SHARE = 0.25
BACKPACK_HEIGHT = (1.05, 1.7)
BACKPACK_ROUND = (0.15, 0.5)
# Shoes are photographed in pairs, from above; the data set shows one, from the side.
PAIR_SHARE = 0.55
# Of single ones, in how many the toe is nearer, by which angle they are turned then, in
# degrees, and how much higher they seem.
NEARER_SHARE = 0.6
NEARER_TURN = (5, 30)
NEARER_STRETCH = (1.1, 1.7)
# Of the others, how many lie in any direction.
TURNED_SHARE = 0.3
# Grey levels up to this are the data set's ground; most of it is exactly 0.
GROUND_LEVEL = 6


def outline(image):
    """Where the garment of a data set's image is: uint8 (h, w), 0 or 255."""
    mask = (image > GROUND_LEVEL).astype(np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) * 255


def place(image, rng, kind, scales, is_worn=False):
    """Turn, scale, bend and shift a garment.

    Args:
        image: uint8 (h, w), light on black.
        rng: NumPy generator; the same state places it in the same way.
        kind: how such a garment may be shown, a `garments.Kind`.
        scales: the least and the most of its longer side, of the canvas.
        is_worn: whether somebody is to wear it, for whom to leave room.

    Returns:
        float32 (CANVAS, CANVAS) garment, and alpha of where it is.
    """
    mask = outline(image)
    if rng.random() < 0.75:
        image = _without_rim(image, mask)
    layers = cv2.merge([image, mask])
    if kind.is_tucked and rng.random() < TUCKED_SHARE:
        layers[round(rng.uniform(*SEEN_OF_TUCKED) * len(layers)) :] = 0
    if kind.is_carried and rng.random() < BACKPACK_SHARE:
        layers = _as_backpack(layers, rng)
    is_bent = kind.is_sleeved and rng.random() < BENT_SHARE
    if is_bent:
        layers = sleeves.bend(layers, rng)
    is_mirrored = rng.random() < 0.5
    if is_mirrored:
        layers = layers[:, ::-1]
    if kind.is_paired and rng.random() < PAIR_SHARE:
        shown = _place_pair(layers, rng, scales)
    elif is_worn:
        scale = rng.uniform(*(SCALE_WORN_LONG if kind.is_long else SCALE_WORN))
        bend = _bend(rng, kind.is_sleeved and not is_bent)
        shift = _shift_worn(rng, scale, kind)
        shown = _warp(layers, rng, rng.normal(0, 4), scale, bend, shift)
    else:
        turn, stretch = rng.normal(0, 8), 1
        if kind.is_paired:
            turn, stretch = _turn_shoe(turn, rng, is_mirrored)
        scale = rng.uniform(*scales)
        bend = _bend(rng, kind.is_sleeved and not is_bent)
        shift = _shift(rng, scale)
        shown = _warp(layers, rng, turn, scale, bend, shift, stretch)
    return cv2.split(shown)


def _as_backpack(layers, rng):
    """Make a bag as high as backpacks are, and round above.

    Args:
        layers: uint8 (h, w, 2), a bag light on black, and where it is, 0 or 255.
        rng: NumPy generator; the same state makes the same backpack.

    Returns:
        uint8 (CANVAS, CANVAS, 2), which the bag fills; as given where there is none.
    """
    mask = layers[..., 1] > 0
    if not mask.any():
        return layers
    left, top, right, bottom = masks.box(mask)
    height, radius = rng.uniform(*BACKPACK_HEIGHT), rng.uniform(*BACKPACK_ROUND)
    x, y = np.meshgrid(ALONG_SIDE, (ALONG_SIDE + 1) / 2)
    up = np.clip(1 - y / radius, 0, 0.97)
    x = (x * height / np.sqrt(1 - up**2) + 1) / 2 * (right - left) - 0.5
    y = y * (bottom - top) - 0.5
    bag = np.ascontiguousarray(layers[top:bottom, left:right])
    return cv2.remap(bag, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def _turn_shoe(turn, rng, is_mirrored):
    """Draw how a shoe is turned, in degrees, and stretched upwards.

    The data set shows shoes from the side, the toe to the left; catalogues also from
    a little above, the toe nearer and so lower.
    """
    if rng.random() < NEARER_SHARE:
        lowered = rng.uniform(*NEARER_TURN) * (1 if is_mirrored else -1)
        return turn + lowered, rng.uniform(*NEARER_STRETCH)
    if rng.random() < TURNED_SHARE:
        turn = rng.uniform(-90, 90)
    return turn, 1


def _without_rim(image, mask):
    """Bring a garment's outermost pixels, half black ground, to the tone within."""
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8)).astype(np.float32) / 255
    share = cv2.GaussianBlur(inside, (0, 0), 1)
    within = cv2.GaussianBlur(image * inside, (0, 0), 1) / np.maximum(share, 0.05)
    is_rim = (mask > 0) & (inside == 0) & (share > 0.05)
    return np.where(is_rim, np.maximum(image, within), image).astype(np.uint8)


def _place_pair(layers, rng, scales):
    """Lay two of a kind side by side, along any direction, more or less askew."""
    turn = rng.choice([-90, 90, 0, rng.uniform(-90, 90)]) + rng.normal(0, 10)
    scale = rng.uniform(*scales) * 0.8
    # Across the shoes: each is about half as high as it is long.
    across = math.radians(turn + 90)
    apart = np.array([math.cos(across), math.sin(across)]) * rng.uniform(0.5, 0.8)
    along = _shift(rng, 1, 0.1)
    other = layers[::-1] if rng.random() < 0.6 else layers
    halves = [
        _warp(half, rng, turn + rng.normal(0, 8), scale, _bend(rng), side * scale)
        for half, side in ((layers, apart / 2 + along), (other, -apart / 2 - along))
    ]
    return halves[0] + halves[1] * (1 - halves[0][..., 1:])


def _shift(rng, scale, least=0.0):
    free = max(1 - scale, 0.03) * 0.9 + least
    return rng.uniform(-free, free, 2)


def _shift_worn(rng, scale, kind):
    """Leave room for a head, or for a trunk, however much is cut off beyond."""
    if kind.is_on_legs:
        down = rng.uniform(0.6, 1.1) - scale
    else:
        top = rng.uniform(-0.9, -0.3)
        if kind.is_long:
            top = min(top, 1 - 2 * scale)  # its hem is seen
        down = top + scale
    return rng.normal(0, 0.08), down


def _warp(layers, rng, turn, scale, bend, shift, stretch=1):
    angle = math.radians(min(max(turn, -90), 90))
    cos, sin = math.cos(angle), math.sin(angle)
    width = scale * math.exp(rng.normal(0.03, 0.1))
    height = scale * stretch * math.exp(rng.normal(-0.03, 0.06))
    u, v = np.meshgrid(
        ALONG_SIDE - np.float32(shift[0]), ALONG_SIDE - np.float32(shift[1])
    )
    depth = 1 + rng.normal(0, 0.04) * u + rng.normal(0, 0.06) * v
    x, y = (u * cos + v * sin) / depth, (v * cos - u * sin) / depth
    x, y = bend((x + y * rng.normal(0, 0.05)) / width, y / height)
    rows, columns = layers.shape[:2]
    sampled = cv2.remap(
        np.ascontiguousarray(layers),
        (x + 1) * (columns / 2) - 0.5,
        (y + 1) * (rows / 2) - 0.5,
        cv2.INTER_CUBIC,
    )
    return sampled.astype(np.float32) / 255


def _bend(rng, is_sleeved=False):
    """Make the function that bends coordinates: cloth, and sleeves spread out."""
    waves = [surfaces.clouds(rng, 4) * np.float32(rng.uniform(0, 0.03)) for _ in "xy"]
    spread = rng.uniform(0, 0.9) if is_sleeved and rng.random() < 0.6 else 0
    shoulder = rng.uniform(0.36, 0.56), -0.75

    def bend(x, y):
        if spread:
            x, y = sleeves.spread(x, y, spread, shoulder)
        return x + waves[0], y + waves[1]

    return bend
