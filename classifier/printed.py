"""Draws pages of print and screens, which lie on a table or fill the photograph."""

import math

import cv2
import numpy as np

from . import showing, surfaces
from .surfaces import CANVAS

# Pages are drawn that much finer, as letters are small.
FINE = 4
SIDE = CANVAS * FINE
FILLING_SHARE = 0.5
SCREEN_SHARE = 0.15


def draw_view(image, rng):
    """Draw what the network sees of a page, cut out or whole: one of its views.

    Args:
        image: uint8 (h, w); gives the shape.
        rng: NumPy generator; the same state draws the same page.

    Returns:
        uint8 array of the image's shape.
    """
    surface, mask = draw(rng)
    if rng.random() < 0.5:
        return showing.stretch(surfaces.shrink(surface, image.shape))
    levels = (1 - np.clip(surface, 0, 1)) * 255
    return showing.show_in(levels, mask, image.shape)


def draw_picture(image, rng):
    """Draw a picture of a page: uint8 (h, w, 3); the rest as for `draw_view()`."""
    return surfaces.in_colour(draw(rng)[0])


def draw(rng):
    """Draw a page.

    Returns:
        float32 (CANVAS, CANVAS), and bool of that shape: where finding is to find
        something, the page on a table or the print on a page.
    """
    page, paper = _print(rng)
    if rng.random() < SCREEN_SHARE:
        page, paper = 1 - page, 1 - paper
    if rng.random() < FILLING_SHARE:
        page = surfaces.shrink(page, (CANVAS, CANVAS))
        printed = np.uint8(abs(page - paper) > 0.05)
        mask = cv2.morphologyEx(printed, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    else:
        page, mask = _lay(rng, page)
    lit = page * (1 + surfaces.slope(rng) * np.float32(rng.uniform(0, 0.3)))
    return lit, mask if mask.any() else np.ones_like(mask)


def _lay(rng, page):
    """Lay a page on a table, a little askew: a surface, and where the page is."""
    longer = rng.uniform(0.6, 1)
    size = np.array([longer * rng.uniform(0.55, 0.9), longer])
    if rng.random() < 0.3:
        size = size[::-1]
    turn = cv2.getRotationMatrix2D((CANVAS / 2, CANVAS / 2), rng.normal(0, 4), 1)
    scale = np.diag([*size / FINE, 1])
    scale[:2, 2] = (1 - size) * CANVAS / 2 + rng.normal(0, 1.5, 2)
    matrix = turn @ scale
    layers = [
        cv2.warpAffine(layer, matrix, (CANVAS, CANVAS))
        for layer in (cv2.GaussianBlur(page, (0, 0), FINE / 2), np.ones_like(page))
    ]
    table = surfaces.ground(rng, rng.uniform(0, 1), 0.1)
    return table + (layers[0] - table * layers[1]), layers[1] > 0.5


def _print(rng):
    """Print lines of words in columns: float32 (SIDE, SIDE), and the paper's tone."""
    paper = rng.uniform(0.7, 1)
    ink = paper * rng.uniform(0, 0.9)  # thin letters are pale from afar
    page = np.full((SIDE, SIDE), paper, np.float32)
    margin = rng.uniform(0.01, 0.15) * SIDE
    height = math.exp(rng.uniform(math.log(0.008), math.log(0.06))) * SIDE
    columns = int(rng.integers(1, 3))
    width = (SIDE - 2 * margin) / columns
    for left in margin + width * np.arange(columns):
        _print_column(page, rng, (left, left + width * 0.94), height, ink)
    return page, paper


def _print_column(page, rng, edges, height, ink):
    y, end = rng.uniform(0, 0.15) * SIDE, rng.uniform(0.6, 1) * SIDE
    while y < end:
        if rng.random() < 0.12:
            tall = rng.uniform(1, 8) * height
            right = edges[0] + (edges[1] - edges[0]) * rng.uniform(0.3, 1)
            _bar(page, (edges[0], y), (right, y + tall), rng.uniform(0, 1))
            y += tall + height
        for _ in range(int(rng.integers(1, 12))):
            _print_line(page, rng, y, edges, height, ink)
            y += height * 1.4
        y += height * rng.uniform(0.3, 3)


def _print_line(page, rng, y, edges, height, ink):
    """Print words of random length up to somewhere near the right edge."""
    x, right = edges
    end = right - (right - x) * 0.6 * rng.random() ** 4
    while x < end:
        width = min(height * rng.uniform(0.5, 5), end - x)
        _bar(page, (x, y + height * 0.25), (x + width, y + height), ink)
        x += width + height * 0.5


def _bar(page, start, end, tone):
    start, end = ([round(float(value)) for value in point] for point in (start, end))
    cv2.rectangle(page, start, end, float(tone), -1)
