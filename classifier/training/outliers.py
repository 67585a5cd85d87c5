"""Synthetic images of no class (outlier exposure), for out-of-distribution pictures.

Digits, letters, figures, noise, bare grounds and garments cut into pieces: no class
fits any of them. Follows Hendrycks, Mazeika and Dietterich 2018, "Deep Anomaly
Detection with Outlier Exposure" (arXiv:1812.04606).
"""

import math
import string

import cv2
import numpy as np

from . import surfaces

GROUND_SHARE = 0.3
_CHARACTERS = string.digits * 4 + string.ascii_letters
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)


def draw(image, rng):
    """Draw an image of no class.

    Args:
        image: uint8 (h, w), a garment; gives the shape, and pieces for some drawings.
        rng: NumPy generator; the same state gives the same drawing.

    Returns:
        uint8 array of the image's shape.
    """
    if rng.random() < GROUND_SHARE:
        small = surfaces.shrink(_ground(rng), image.shape)
        return (np.clip(small, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.1:
        return rng.integers(0, 256, image.shape, np.uint8)
    return _figure(image, rng)


def _ground(rng):
    ground = surfaces.ground(rng, rng.uniform(0, 1), rng.uniform(0.05, 0.5))
    if rng.random() < 0.2:
        _write(ground, rng)
    elif rng.random() < 0.5:
        surfaces.add_clutter(rng, ground)
    return ground


def _write(ground, rng):
    """Draw lines of words, as on documents and screens."""
    side, ink = len(ground), float(rng.uniform(0, 1))
    height = int(rng.integers(1, 4))
    for top in range(int(rng.integers(1, 12)), side, height + int(rng.integers(1, 5))):
        left = int(rng.integers(1, 8))
        while left < side * rng.uniform(0.6, 1):
            width = int(rng.integers(1, 10))
            ground[top : top + height, left : left + width] = ink
            left += width + int(rng.integers(1, 3))


def _figure(image, rng):
    figures = (_character, _character, _strokes, _blob, _shapes, _pieces)
    return figures[rng.integers(len(figures))](image, rng)


def _character(image, rng):
    """Draw a digit or a letter, slightly turned and bent like those of MNIST."""
    canvas = np.zeros((56, 56), np.uint8)
    character = _CHARACTERS[rng.integers(len(_CHARACTERS))]
    font, thickness = _FONTS[rng.integers(len(_FONTS))], int(rng.integers(2, 7))
    scale = rng.uniform(1.2, 1.9)
    (width, height), _ = cv2.getTextSize(character, font, scale, thickness)
    origin = (28 - width // 2, 28 + height // 2)
    cv2.putText(canvas, character, origin, font, scale, 255, thickness, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((28, 28), rng.normal(0, 12), rng.uniform(0.8, 1.1))
    turn[0, 1] += rng.normal(0, 0.15)
    canvas = cv2.warpAffine(canvas, turn, (56, 56))
    return surfaces.shrink(canvas, image.shape)


def _strokes(image, rng):
    """Draw one or several curved lines, like a pen."""
    figure = np.zeros(image.shape, np.uint8)
    for _ in range(rng.integers(1, 4)):
        steps = np.cumsum(rng.normal(0, 3, (12, 2)), axis=0)
        points = (steps - steps.mean(axis=0) + np.array(image.shape) / 2).astype(int)
        cv2.polylines(
            figure, [points.astype(np.int32)], False, 255, int(rng.integers(1, 4)), 16
        )
    return cv2.GaussianBlur(figure, (0, 0), 0.6)


def _blob(image, rng):
    """Draw a closed shape that wobbles about a circle, filled with a texture."""
    angles = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    radius = rng.uniform(0.25, 0.42) * image.shape[0]
    radii = radius * (
        1
        + sum(
            rng.normal(0, 0.35 / order) * np.sin(order * angles + rng.uniform(0, 6))
            for order in range(1, 7)
        )
    )
    stretchings = np.exp(rng.normal(0, 0.3, 2))
    points = np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
    points = points * stretchings + np.array(image.shape) / 2
    return _fill(image, rng, points)


def _shapes(image, rng):
    """Draw a few straight-edged shapes over each other."""
    figure = np.zeros(image.shape, np.uint8)
    for _ in range(rng.integers(1, 5)):
        points = rng.uniform(0, image.shape[0], (rng.integers(3, 6), 2))
        figure = np.maximum(figure, _fill(image, rng, points))
    return figure


def _fill(image, rng, points):
    mask = np.zeros(image.shape, np.uint8)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1)
    surface = rng.uniform(0.2, 0.9) + surfaces.texture(rng) * rng.uniform(0, 0.3)
    surface = surfaces.shrink(surface, image.shape)
    return mask * (np.clip(surface, 0.05, 1) * 255).astype(np.uint8)


def _pieces(image, rng):
    """Cut a garment into squares and rearrange them, each turned."""
    count = int(rng.integers(2, 5))
    rows = np.array_split(image[: min(image.shape), : min(image.shape)], count)
    pieces = [piece for row in rows for piece in np.array_split(row, count, axis=1)]
    side = math.ceil(min(image.shape) / count)
    pieces = [cv2.resize(np.rot90(p, rng.integers(4)), (side, side)) for p in pieces]
    order = rng.permutation(len(pieces)).reshape(count, count)
    figure = np.block([[pieces[index] for index in row] for row in order])
    return cv2.resize(figure, image.shape[::-1])
