"""Composes an image of the data set into a photograph, and into what is seen of one.

The data set shows garments light on black, trimmed, upright. Photographs show them
dark on light as well, smaller, turned, worn, printed, in shadow, before anything.
Only images of the training split go in: no photograph is needed to learn them.
"""

import math

import cv2
import numpy as np

from . import masks, people, placing, showing, surfaces
from .garments import ANYTHING
from .surfaces import CANVAS

# What a garment's longer side measures of the canvas; a cut-out is enlarged afterwards.
SCALE = (0.5, 1.04)
SCALE_BEFORE_CUTTING = (0.5, 0.75)
# Of garments that can be worn, how many are.
WORN_SHARE = 0.15
# Of the views of worn garments, in how many the wearer is left out.
WITHOUT_WEARER = 0.6
OPEN_SHARE = 0.15
# Most photographs are not square: the shorter side of the longer one.
OBLONG_SHARE = 0.7
OBLONG = (0.56, 0.67, 0.75, 0.75)
# How much of each colour there is in a grey: ITU-R BT.601.
LUMA = np.float32([0.299, 0.587, 0.114])
# The longer side of a picture, in pixels: what a garment is sought in.
PICTURE = 96


def compose_view(image, rng, kind=ANYTHING):
    """Compose what the network sees of a photograph: one of its views.

    Args:
        image: uint8 (h, w), light on black.
        rng: NumPy generator; the same state gives the same view.
        kind: how such a garment may be shown.

    Returns:
        uint8 array of the image's shape: cut out with the mistakes of `finding`, or
        whole with its ground.
    """
    is_worn = kind.is_worn and rng.random() < WORN_SHARE
    if rng.random() < 0.5:
        shown = placing.place(image, rng, kind, SCALE_BEFORE_CUTTING, is_worn)
        return _cut_out(*shown, rng, kind, image.shape, is_worn)
    garment, alpha = placing.place(image, rng, kind, SCALE, is_worn)
    photograph, _ = _photograph(garment, alpha, rng, kind, is_worn)
    if is_worn and rng.random() < WITHOUT_WEARER:
        photograph = showing.square(_near(photograph, alpha))
    elif (edges := _edges(alpha, rng)) is not None:
        photograph = photograph[edges]
    return _develop(photograph, rng, image.shape)


def compose_picture(image, rng, kind=ANYTHING):
    """Compose a photograph in colour, for preprocessing to look for the garment.

    Args:
        image, rng, kind: as for `compose_view()`.

    Returns:
        uint8 array (h, w, 3), the longer side `PICTURE` pixels.
    """
    is_worn = kind.is_worn and rng.random() < WORN_SHARE
    garment, alpha = placing.place(image, rng, kind, SCALE, is_worn)
    grey, wearer = _photograph(garment, alpha, rng, kind, is_worn)
    shares = cv2.merge([alpha * (1 - wearer), (1 - alpha) * (1 - wearer), wearer])
    colours = np.stack([_colour(rng), _colour(rng), _skin_colour(rng)])
    rgb = grey[..., None] + shares @ colours
    if (edges := _edges(alpha, rng)) is not None:
        rows, columns = (np.unique(places) for places in edges)
        rgb = rgb[np.ix_(rows, columns)]
    noise = rng.standard_normal(rgb.shape, np.float32) * np.float32(0.02)
    size = [round(length * PICTURE / CANVAS) for length in rgb.shape[1::-1]]
    rgb = cv2.resize(rgb + noise, size, interpolation=cv2.INTER_CUBIC)
    return (np.clip(rgb, 0, 1) * 255).astype(np.uint8)


def _near(photograph, alpha):
    """What of a photograph is around a garment."""
    inside = alpha > 0.5
    if not inside.any():
        return photograph
    left, top, right, bottom = masks.box(inside)
    return photograph[top:bottom, left:right]


def _dye(garment, alpha, rng, tone, kind):
    """Give a garment another tone, contrast, folds, pattern and print."""
    mean = float((garment * alpha).sum() / max(alpha.sum(), 1))
    contrast = rng.uniform(0.1, 1) * (-1 if rng.random() < 0.4 else 1)
    dyed = tone + (garment - mean) * np.float32(contrast)
    if rng.random() < 0.5:
        dyed += surfaces.clouds(rng) * np.float32(rng.uniform(0, 0.1))
    if rng.random() < 0.2:
        dyed += surfaces.texture(rng) * np.float32(rng.uniform(0.03, 0.22))
    if rng.random() < 0.35:
        dyed += _print(rng)
    if kind.is_opened and rng.random() < OPEN_SHARE:
        dyed = people.draw_opening(rng, alpha).over(dyed)
    return dyed


def _print(rng):
    area = np.zeros((CANVAS, CANVAS), np.float32)
    centre = [int(value) for value in rng.normal(CANVAS / 2, 4, 2)]
    axes = [int(value) for value in rng.integers(3, 12, 2)]
    cv2.ellipse(area, centre, axes, 0, 0, 360, float(rng.uniform(-0.5, 0.5)), -1)
    if rng.random() < 0.6:
        area *= surfaces.clouds(rng, int(rng.integers(6, 20))) > 0
    return area


def _cut_out(garment, alpha, rng, kind, shape, is_worn):
    """What is left when the ground is taken away, not always cleanly: uint8 `shape`."""
    dyed = _dye(garment, alpha, rng, rng.uniform(0.2, 0.8), kind)
    if is_worn:
        behind, before = people.draw_wearer(rng, alpha, kind)
        dyed = before.over(behind.over(dyed) * (1 - alpha) + dyed * alpha)
        if rng.random() < WITHOUT_WEARER:
            alpha = alpha * (1 - before.alpha)
        else:
            alpha = np.maximum(alpha, np.maximum(behind.alpha, before.alpha))
    if rng.random() < 0.3:
        dyed = cv2.GaussianBlur(dyed, (0, 0), rng.uniform(0.3, 1.2))
    dyed += rng.standard_normal(dyed.shape, np.float32) * np.float32(
        rng.uniform(0, 0.04)
    )
    levels = np.clip(dyed, 0, 1) ** math.exp(rng.normal(0, 0.25)) * 255
    mask = _mistake(alpha > 0.5, rng)
    return showing.show_in(levels, mask, shape)


def _mistake(mask, rng):
    """Lose parts of a garment, or keep some of its ground, as cutting out does."""
    wrong = mask
    if rng.random() < 0.4:
        wrong = wrong & (surfaces.clouds(rng) > rng.uniform(-3, -1.5))
    if rng.random() < 0.1:
        wrong = wrong & (surfaces.slope(rng) > rng.uniform(-0.5, 0))
    if rng.random() < 0.1:
        near = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        wrong = wrong | (near & (surfaces.clouds(rng) > rng.uniform(0.5, 2)))
    return wrong if wrong.any() else np.ones_like(mask)


def _colour(rng):
    """Draw what a colour adds to its grey, nothing for many: float32 (3,)."""
    if rng.random() < 0.4:
        return np.zeros(3, np.float32)
    colour = rng.normal(0, 0.15, 3).astype(np.float32)
    return colour - colour @ LUMA


def _skin_colour(rng):
    """Draw what skin adds to its grey, more red and less blue: float32 (3,)."""
    colour = np.float32([rng.uniform(0.05, 0.2), 0, rng.uniform(-0.15, 0)])
    return colour - colour @ LUMA


def _edges(alpha, rng):
    """Draw the edges of an oblong photograph around a garment.

    Returns:
        Indices (rows, columns) of the canvas, broadcastable: beyond its edges an oblong
        photograph's outermost pixels are repeated. None for a square one.
    """
    if rng.random() > OBLONG_SHARE:
        return None
    free = round(CANVAS * (1 - rng.choice(OBLONG)) / 2)
    kept = np.clip(np.arange(CANVAS), free, CANVAS - 1 - free)
    everything = np.arange(CANVAS)
    is_upright = rng.random() < 0.75
    rows, columns = (everything, kept) if is_upright else (kept, everything)
    inside = alpha[np.ix_(np.unique(rows), np.unique(columns))].sum()
    if inside < 0.95 * alpha.sum():
        return None
    return rows[:, None], columns


def _photograph(garment, alpha, rng, kind, is_worn):
    """Draw ground, garment and who wears it.

    Returns:
        float32 (CANVAS, CANVAS) greys, and alpha of what is seen of the wearer.
    """
    tone, ground_tone = _tones(rng)
    # Seen against its own pattern alone, no garment could be told from it.
    roughness = 0.04 + 0.25 * abs(tone - ground_tone)
    photograph = surfaces.ground(rng, ground_tone, roughness)
    wearer = np.zeros_like(alpha)
    if is_worn:
        behind, before = people.draw_wearer(rng, alpha, kind)
        photograph = behind.over(photograph)
        wearer = np.maximum(behind.alpha * (1 - alpha), before.alpha)
    if rng.random() < 0.6:
        photograph *= 1 - _shadow(alpha, rng)
    dyed = np.clip(_dye(garment, alpha, rng, tone, kind), 0, 1)
    photograph += (dyed - photograph) * alpha
    if is_worn:
        photograph = before.over(photograph)
    if rng.random() < 0.5:
        photograph *= 1 + surfaces.slope(rng) * np.float32(rng.uniform(0, 0.35))
    return photograph, wearer


def _tones(rng):
    """Draw how light garment and ground are, seldom nearly the same."""
    while True:
        tone, ground_tone = rng.uniform(0.03, 0.97, 2)
        if rng.random() < 0.3:
            ground_tone = (1.0, 0.93, 0.0)[rng.integers(3)]
        if abs(tone - ground_tone) > 0.15 or rng.random() < 0.12:
            return tone, ground_tone


def _shadow(alpha, rng):
    dx, dy = rng.uniform(-5, 5, 2)
    moved = cv2.warpAffine(alpha, np.float32([[1, 0, dx], [0, 1, dy]]), alpha.shape)
    return cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.8, 4)) * rng.uniform(0, 0.6)


def _develop(photograph, rng, shape):
    """See through a lens, onto fewer pixels, through noise and a JPEG file."""
    if rng.random() < 0.6:
        photograph = cv2.GaussianBlur(photograph, (0, 0), rng.uniform(0.3, 1.2))
    small = surfaces.shrink(photograph, shape)
    if rng.random() < 0.5:
        noise = rng.standard_normal(small.shape, np.float32)
        small = small + noise * np.float32(rng.uniform(0, 0.05))
    small = np.clip(small, 0, 1) ** math.exp(rng.normal(0, 0.25))
    grey = (small * 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        grey = cv2.imdecode(
            cv2.imencode(".jpg", grey, quality)[1], cv2.IMREAD_GRAYSCALE
        )
    return showing.stretch(grey)
