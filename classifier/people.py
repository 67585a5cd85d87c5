"""Draws who wears a garment: head, hair, arms, legs, and what else they have on.

Shops show garments worn, cut by the edges of the photograph. Two layers come of it,
one to lie behind the garment and one before it.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np

from . import surfaces
from .surfaces import CANVAS

# How many show bare legs: with a dress nearly all, else few.
BARE_BELOW_LONG = 0.95
BARE = 0.1


class Layer(NamedTuple):
    """Something drawn, and where: both float32 (CANVAS, CANVAS)."""

    tones: np.ndarray
    alpha: np.ndarray

    @classmethod
    def empty(cls):
        return cls(*np.zeros((2, CANVAS, CANVAS), np.float32))

    def over(self, photograph):
        """The photograph with the layer over it."""
        return photograph + (self.tones - photograph) * self.alpha


class Frame(NamedTuple):
    """Where a garment is, in pixels."""

    top: int
    bottom: int
    left: int
    right: int
    # Columns of its shoulders, or of a waistband.
    left_shoulder: int
    right_shoulder: int

    @property
    def middle(self):
        return (self.left_shoulder + self.right_shoulder) // 2

    @property
    def height(self):
        return self.bottom - self.top


def frame_of(alpha):
    """Find a garment's frame; None where there is too little of it."""
    rows, columns = (
        np.flatnonzero(alpha.max(1) > 0.5),
        np.flatnonzero(alpha.max(0) > 0.5),
    )
    if len(rows) < 8 or len(columns) < 4:
        return None
    near_top = alpha[rows[0] : rows[0] + max(2, len(rows) // 6)].max(0) > 0.5
    shoulders = np.flatnonzero(near_top)
    return Frame(
        rows[0], rows[-1], columns[0], columns[-1], shoulders[0], shoulders[-1]
    )


def draw_wearer(rng, alpha, kind):
    """Draw who wears a garment.

    Args:
        rng: NumPy generator; the same state gives the same person.
        alpha: float32 (CANVAS, CANVAS), where the garment is.
        kind: what is known of the garment's class (`garments.Kind`).

    Returns:
        The Layers behind the garment and before it.
    """
    behind, before = Layer.empty(), Layer.empty()
    frame = frame_of(alpha)
    if frame is None:
        return behind, before
    skin, hair, other = (float(tone) for tone in rng.uniform(0.05, 0.95, 3))
    if rng.random() < 0.6:
        hair *= 0.4
    if kind.is_on_legs:
        _draw_trunk(rng, behind, frame, other, skin)
        _draw_shoes(rng, behind, frame, hair)
    else:
        is_bare = rng.random() < (BARE_BELOW_LONG if kind.is_long else BARE)
        _draw_legs(rng, behind, frame, skin if is_bare else other)
        if kind.is_sleeved:
            _draw_hands(rng, alpha, behind, frame, skin)
        else:
            _draw_arms(rng, behind, before, frame, skin)
        if rng.random() < 0.85:
            _draw_head(rng, behind, before, frame, skin, hair)
    return _soften(behind), _soften(before)


def draw_opening(rng, alpha):
    """Draw what is seen of an open jacket's inside: a Layer before it."""
    layer, frame = Layer.empty(), frame_of(alpha)
    if frame is None:
        return layer
    x = frame.middle + int(rng.integers(-2, 3))
    up, down = rng.uniform(0.02, 0.12), rng.uniform(0.02, 0.25)
    width = frame.right_shoulder - frame.left_shoulder
    corners = [
        (x - up * width, frame.top),
        (x + up * width, frame.top),
        (x + down * width, frame.bottom),
        (x - down * width, frame.bottom),
    ]
    _polygon(layer, corners, float(rng.uniform(0.05, 0.95)))
    return Layer(layer.tones, layer.alpha * (alpha > 0.5))


def _draw_head(rng, behind, before, frame, skin, hair):
    shoulders = frame.right_shoulder - frame.left_shoulder
    least = 0.1 * frame.height
    half = max(least, shoulders * rng.uniform(0.17, 0.3))
    long = half * rng.uniform(1.2, 1.5)
    x = frame.middle + rng.normal(0, 1)
    y = frame.top - long * rng.uniform(0.75, 1.15)
    _line(behind, (x, y), (x, frame.top + 2), skin, half * rng.uniform(0.8, 1.2))
    style = rng.random()
    if style < 0.4:  # long, partly over the shoulders
        target = before if rng.random() < 0.5 else behind
        end = frame.top + frame.height * rng.uniform(0, 0.4)
        for side in (-1, 1):
            if rng.random() < 0.8:
                at = x + side * half * 0.9
                _line(behind, (at, y), (at, frame.top), hair, half * 0.7)
                _line(target, (at, frame.top), (at, end), hair, half * 0.6)
    if style < 0.9:
        _ellipse(behind, (x, y - long * 0.15), (half * 1.15, long * 1.05), hair)
    face = (x, y + long * rng.uniform(0.05, 0.2)) if style < 0.9 else (x, y)
    _ellipse(behind, face, (half * 0.9, long * 0.85), skin)
    if style < 0.9 and rng.random() < 0.3:  # seen from behind
        _ellipse(behind, (x, y), (half, long), hair)


def _draw_arms(rng, behind, before, frame, skin):
    width = max(2.0, frame.height * rng.uniform(0.07, 0.13))
    hips = frame.top + frame.height * rng.uniform(0.8, 1.05)
    for side, shoulder, edge in (
        (-1, frame.left_shoulder, frame.left),
        (1, frame.right_shoulder, frame.right),
    ):
        if rng.random() < 0.1:
            continue
        start = shoulder - side * width / 2, frame.top + frame.height * 0.15
        out = edge + side * rng.uniform(-2, 4)
        elbow = out, frame.top + frame.height * rng.uniform(0.45, 0.65)
        pose = rng.random()
        if pose < 0.55:  # hanging
            hand = out + rng.normal(0, 2), hips
        else:  # at the hip, in a pocket, crossed
            hand = frame.middle + side * rng.uniform(0, 0.3) * frame.height, hips
        _line(behind, start, elbow, skin, width)
        _line(behind, elbow, hand, skin, width * 0.85)
        if pose > 0.75:
            _line(before, elbow, hand, skin, width * 0.8)
        elif pose > 0.4:
            _ellipse(before, hand, (width * 0.7, width * 0.7), skin)


def _draw_hands(rng, alpha, behind, frame, skin):
    """Draw hands where the sleeves end."""
    size = frame.height * rng.uniform(0.05, 0.08)
    for side, edge in ((-1, frame.left), (1, frame.right)):
        sleeve = np.flatnonzero(alpha[:, edge - side * 2] > 0.5)
        if len(sleeve) and rng.random() < 0.7:
            hand = edge - side * size, sleeve[-1] + size * rng.uniform(0, 0.8)
            _ellipse(behind, hand, (size, size * 1.4), skin)


def _draw_legs(rng, behind, frame, tone):
    width = (frame.right_shoulder - frame.left_shoulder) * rng.uniform(0.25, 0.45)
    for side in (-1, 1):
        x = frame.middle + side * width * rng.uniform(0.4, 0.6)
        start = x, frame.bottom - frame.height * 0.1
        foot = x + side * rng.uniform(0, 3), CANVAS + 4
        _line(behind, start, foot, tone, width)


def _draw_trunk(rng, behind, frame, tone, skin):
    width = (frame.right_shoulder - frame.left_shoulder) * rng.uniform(0.9, 1.3)
    waist = frame.top + frame.height * rng.uniform(0.02, 0.15)
    corners = [
        (frame.middle + side * width * scale / 2, y)
        for side, scale, y in (
            (-1, 1.2, -4),
            (1, 1.2, -4),
            (1, 1, waist),
            (-1, 1, waist),
        )
    ]
    for side in (-1, 1):
        if rng.random() < 0.7:
            x = frame.middle + side * width * rng.uniform(0.5, 0.8)
            end = x, frame.top + frame.height * rng.uniform(0, 0.3)
            _line(behind, (x, -4), end, skin, max(2.0, width * 0.2))
    _polygon(behind, corners, tone)


def _draw_shoes(rng, behind, frame, tone):
    half = (frame.right - frame.left) / 2
    for side in (-1, 1):
        x = frame.middle + side * half * rng.uniform(0.4, 0.9)
        y = frame.bottom + rng.uniform(-1, 3)
        size = half * rng.uniform(0.25, 0.5), half * rng.uniform(0.15, 0.35)
        _ellipse(behind, (x, y), size, tone)


def _ellipse(layer, centre, axes, tone):
    for target, value in ((layer.tones, tone), (layer.alpha, 1.0)):
        surfaces.add_ellipse(target, centre, axes, value)


def _line(layer, start, end, tone, width):
    for target, value in ((layer.tones, tone), (layer.alpha, 1.0)):
        surfaces.add_line(target, start, end, value, math.floor(width))


def _polygon(layer, corners, tone):
    points = np.array(corners).round().astype(np.int32)
    for target, value in ((layer.tones, tone), (layer.alpha, 1.0)):
        cv2.fillPoly(target, [points], value)


def _soften(layer):
    """Blur the outlines a little, as the garment's own are."""
    covered = np.maximum(cv2.GaussianBlur(layer.alpha, (0, 0), 0.6), 1e-3)
    tones = cv2.GaussianBlur(layer.tones * layer.alpha, (0, 0), 0.6) / covered
    return Layer(tones, np.where(covered > 0.05, covered, 0))
