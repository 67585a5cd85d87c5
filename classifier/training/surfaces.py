"""Synthetic surfaces from random numbers: textures, prints, light.

Random functions take a NumPy generator, so that a seed reproduces an image. Surfaces
are float32 (CANVAS, CANVAS) arrays.
"""

import math

import cv2
import numpy as np

# Twice the side of an image: drawings are fine and then averaged.
CANVAS = 56

# The positions of pixels along a side.
ALONG_SIDE = np.linspace(-1, 1, CANVAS, dtype=np.float32)

_V, _U = np.meshgrid(ALONG_SIDE, ALONG_SIDE, indexing="ij")


def ground(rng, tone, roughness):
    """Draw a bare ground: values around a tone, unclipped."""
    surface = np.full((CANVAS, CANVAS), tone, np.float32)
    if rng.random() < 0.6:
        surface += slope(rng) * np.float32(rng.uniform(0, 0.25))
    if rng.random() < 0.6:
        surface += texture(rng) * np.float32(rng.uniform(0, roughness))
    if rng.random() < 0.35:
        surface += texture(rng) * np.float32(rng.uniform(0, roughness / 2))
    if rng.random() < 0.25:
        surface[_half_plane(rng)] += rng.uniform(-0.5, 0.5)
    if rng.random() < 0.3:
        add_clutter(rng, surface)
    return surface


def texture(rng):
    """Draw a pattern of mean about 0 and amplitude about 1."""
    return _TEXTURES[rng.integers(len(_TEXTURES))](rng)


def slope(rng):
    """Draw light that fades in one direction: -1 to 1."""
    angle = rng.uniform(0, 2 * math.pi)
    return _across(angle)


def _across(angle):
    return _U * math.cos(angle) + _V * math.sin(angle)


def clouds(rng, cells=None):
    """Draw smooth noise with a number of cells along a side."""
    cells = cells or int(rng.integers(2, 20))
    noise = rng.standard_normal((cells, cells), np.float32)
    return cv2.resize(noise, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)


def add_clutter(rng, surface):
    """Draw small things on a surface, most of them near the edges."""
    for _ in range(rng.integers(1, 5)):
        tone = float(rng.uniform(0, 1))
        x, y = (int(value) for value in _near_the_edge(rng))
        width, height = (int(value) for value in rng.integers(2, 16, 2))
        thickness = (-1, -1, 1, 2)[rng.integers(4)]
        angle = float(rng.uniform(0, 180))
        if rng.random() < 0.5:
            cv2.ellipse(
                surface, (x, y), (width, height), angle, 0, 360, tone, thickness
            )
        else:
            box = cv2.boxPoints(((x, y), (2 * width, 2 * height), angle))
            _polygon(surface, box, tone, thickness)


def shrink(drawing, shape):
    """Average a drawing (h, w) down to a shape."""
    return cv2.resize(drawing, shape[::-1], interpolation=cv2.INTER_AREA)


def _polygon(surface, points, tone, thickness):
    corners = [points.astype(np.int32)]
    if thickness < 0:
        cv2.fillPoly(surface, corners, tone)
    else:
        cv2.polylines(surface, corners, True, tone, thickness)


def _near_the_edge(rng):
    point = rng.integers(0, CANVAS, 2)
    point[rng.integers(2)] = (-2, 3, CANVAS - 3, CANVAS + 2)[rng.integers(4)]
    return point


def _half_plane(rng):
    return slope(rng) > rng.uniform(-0.9, 0.9)


def _wave(rng, angle):
    return np.sin(_across(angle) * rng.uniform(6, 60) + rng.uniform(0, 6))


def _stripes(rng):
    wave = _wave(rng, rng.integers(2) * math.pi / 2 + rng.normal(0, 0.2))
    return np.sign(wave) if rng.random() < 0.4 else wave


def _checks(rng):
    angle = rng.normal(0, 0.3)
    return (_wave(rng, angle) + _wave(rng, angle + math.pi / 2)) * np.float32(0.7)


def _seams(rng):
    """Draw planks or tiles: thin lines between even faces."""
    angle = rng.uniform(0, math.pi)
    waves = [_wave(rng, angle)]
    if rng.random() < 0.5:
        waves.append(_wave(rng, angle + math.pi / 2))
    return (np.max(waves, axis=0) > 0.93) - clouds(rng) * np.float32(0.2)


def _speckles(rng):
    noise = rng.standard_normal((CANVAS, CANVAS), np.float32)
    return cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.4, 1.5)) * np.float32(1.5)


def _dots(rng):
    return np.sign(clouds(rng, int(rng.integers(6, 24))) - np.float32(0.7))


_TEXTURES = (_stripes, _checks, _seams, _speckles, clouds, _dots)
