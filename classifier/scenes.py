"""Draws what people photograph besides garments, as far as random numbers can.

Things with a symmetric outline, creatures with legs and a head, pages of print, and
scenes in which one thing hides another: these follow Lee, Mumford and Huang 2001,
"Occlusion Models for Natural Images" (doi:10.1023/A:1011109015675).
"""

import math

import cv2
import numpy as np

from . import outliers, printed, surfaces
from .composing import compose_picture, compose_view
from .showing import stretch
from .surfaces import CANVAS, add_ellipse, add_line

# Of the drawings, what `outliers` draws as well, and pages; of the rest, what fills the
# picture.
FIGURE_SHARE = 0.3
PAGE_SHARE = 0.27
SCENE_SHARE = 0.5
_ROWS, _COLUMNS = np.mgrid[:CANVAS, :CANVAS].astype(np.float32)


def draw_view(image, rng):
    """Draw what the network sees of a picture of no class: one of its views.

    Args:
        image: uint8 (h, w), a garment; gives the shape, and pieces for some drawings.
        rng: NumPy generator; the same state gives the same drawing.

    Returns:
        uint8 array of the image's shape.
    """
    if module := _another(rng):
        return module.draw_view(image, rng)
    if rng.random() < SCENE_SHARE:
        return stretch(surfaces.shrink(_scene(rng), image.shape))
    return compose_view(_thing(image, rng), rng)


def draw_picture(image, rng):
    """Draw a picture of no class: uint8 (h, w, 3); the rest as for `draw_view()`."""
    if module := _another(rng):
        return module.draw_picture(image, rng)
    if rng.random() < SCENE_SHARE:
        return surfaces.in_colour(_scene(rng))
    return compose_picture(_thing(image, rng), rng)


def _another(rng):
    """Choose another module to draw, or None for this one."""
    drawing = rng.random()
    if drawing < FIGURE_SHARE:
        return outliers
    return printed if drawing < FIGURE_SHARE + PAGE_SHARE else None


def _scene(rng):
    """Let things of many sizes hide each other, nearer ones over farther ones."""
    scene = surfaces.ground(rng, rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.4))
    if rng.random() < 0.3:  # a horizon
        below = rng.uniform(0.3, 0.8) * CANVAS + surfaces.clouds(rng, 4) * 3 < _ROWS
        scene = np.where(below, surfaces.ground(rng, rng.uniform(0, 1), 0.4), scene)
    for _ in range(int(rng.integers(1, 40))):
        radius = min(CANVAS / 2, 2 / rng.uniform(0.05, 1) ** rng.uniform(0.6, 1.2))
        inside = _leaf(rng, rng.uniform(0, CANVAS, 2), radius)
        tone = rng.uniform(0, 1)
        shaded = tone + surfaces.texture(rng) * np.float32(rng.uniform(0, 0.2))
        if rng.random() < 0.5:
            shaded = shaded + surfaces.slope(rng) * np.float32(rng.uniform(0, 0.3))
        scene = np.where(inside, shaded, scene)
    return scene


def _leaf(rng, centre, radius):
    """Where a rounded or straight-edged thing is: bool (CANVAS, CANVAS)."""
    angle = rng.uniform(0, math.pi)
    x, y = _COLUMNS - centre[0], _ROWS - centre[1]
    u = x * math.cos(angle) + y * math.sin(angle)
    v = (y * math.cos(angle) - x * math.sin(angle)) * math.exp(rng.normal(0, 0.5))
    if rng.random() < 0.3:
        return np.maximum(abs(u), abs(v)) < radius
    return np.hypot(u, v) < radius * (1 + 0.2 * surfaces.clouds(rng, 5))


def _thing(image, rng):
    draw = (_turned, _creature, _assembly)[rng.integers(3)]
    figure = np.clip(draw(rng), 0, 1) * 255
    return surfaces.shrink(figure.astype(np.uint8), image.shape)


def _turned(rng):
    """Draw a thing as if made on a lathe: a bottle, a lamp, a vase."""
    knots = rng.uniform(0.05, 0.48, int(rng.integers(3, 8))).astype(np.float32)
    if rng.random() < 0.4:
        knots = np.repeat(knots, 2)  # steps, as of lids and handles
    profile = cv2.resize(knots[:, None], (1, CANVAS))[:, 0] * CANVAS
    across = abs(_COLUMNS - CANVAS / 2) / np.maximum(profile, 1)[:, None]
    inside = (across < 1) & (abs(_ROWS - CANVAS / 2) < CANVAS * rng.uniform(0.25, 0.48))
    shade = rng.uniform(0.3, 0.9) - across**2 * rng.uniform(-0.3, 0.3)
    shade = shade + surfaces.texture(rng) * np.float32(rng.uniform(0, 0.2))
    figure = np.where(inside, np.maximum(shade, 0.06), 0)
    return _turn(figure, rng.choice([0, 0, 90, rng.uniform(0, 180)]))


def _creature(rng):
    """Draw a trunk with a head, legs and a tail, in a coat."""
    figure = np.zeros((CANVAS, CANVAS), np.float32)
    middle = np.array([CANVAS / 2, CANVAS * rng.uniform(0.4, 0.55)])
    long, high = rng.uniform(9, 18), rng.uniform(5, 11)
    add_ellipse(figure, middle, (long, high), 1, rng.normal(0, 15))
    side = rng.choice([-1, 1])
    head = middle + [side * long * rng.uniform(0.6, 1.2), -high * rng.uniform(0, 1.6)]
    size = rng.uniform(4, 9)
    add_line(figure, middle + [side * long * 0.6, 0], head, 1, size)
    add_ellipse(
        figure, head, (size, size * rng.uniform(0.7, 1.1)), 1, rng.normal(0, 30)
    )
    for ear in (-1, 1):
        tip = head + [ear * size * 0.7, -size * rng.uniform(0.8, 1.6)]
        if rng.random() < 0.6:
            add_line(figure, head, tip, 1, 3)
    for place in rng.uniform(-0.9, 0.9, int(rng.integers(2, 5))):
        hip = middle + [place * long, high * 0.5]
        foot = hip + [rng.normal(0, 4), high + rng.uniform(2, 14)]
        add_line(figure, hip, foot, 1, rng.uniform(2, 5))
    if rng.random() < 0.6:
        root = middle - [side * long * 0.9, 0]
        add_line(figure, root, root + rng.normal(0, 10, 2), 1, rng.uniform(1, 4))
    coat = rng.uniform(0.3, 0.9) + surfaces.texture(rng) * rng.uniform(0, 0.35)
    return np.where(figure > 0, np.maximum(coat, 0.06), 0)


def _assembly(rng):
    """Put a few parts together, the left side often like the right."""
    figure = np.zeros((CANVAS, CANVAS), np.float32)
    for _ in range(int(rng.integers(2, 8))):
        tone = float(rng.uniform(0.15, 1))
        centre = CANVAS / 2 + rng.normal(0, CANVAS / 7, 2)
        size = rng.uniform(2, 16, 2)
        if rng.random() < 0.5:
            add_ellipse(figure, centre, size, tone, rng.uniform(0, 180))
        else:
            corners = cv2.boxPoints(
                (centre.tolist(), size.tolist(), float(rng.choice([0, 45])))
            )
            cv2.fillPoly(figure, [corners.astype(np.int32)], tone)
    if rng.random() < 0.6:
        figure = np.maximum(figure, figure[:, ::-1])
    shade = 1 + surfaces.texture(rng) * rng.uniform(0, 0.3)
    return figure * np.maximum(shade, 0.1)


def _turn(figure, degrees):
    centre = (CANVAS / 2, CANVAS / 2)
    matrix = cv2.getRotationMatrix2D(centre, float(degrees), 1)
    return cv2.warpAffine(figure.astype(np.float32), matrix, (CANVAS, CANVAS))
