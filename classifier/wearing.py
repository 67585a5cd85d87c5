"""Leaves out who wears a garment: face, hair, arms and what else they have on.

A garment is the colour in the middle of a person. Where no skin is seen above it nobody
wears it.
"""

import cv2
import numpy as np

from .colours import lab
from .masks import box, centrality, inside, large_parts, width_to_height

# Of the upper middle of what was found, how much shows skin where somebody wears it:
# the face or the neck, beside the garment.
HEAD_SHARE = 0.15
HEAD_HEIGHT = 0.3
# What is wider than so many times its height is nobody: leather has skin's colour.
MOST_WIDTH = 1.1
# In YCrCb, 8 bits; as in Chai and Ngan 1999, doi:10.1109/76.767122, a little wider.
DARKEST_SKIN = (41, 135, 80)
LIGHTEST_SKIN = (255, 175, 127)
COLOURS = 4
# In CIELAB: lightness counts less, as folds change it; colours that are nearer than
# that are one.
LIGHTNESS_WEIGHT = 0.6
LEAST_DIFFERENCE = 14
# Of the rows of a garment those count that have so much of its colour as the fullest,
# smoothed by that part of its height.
FILLED_SHARE = 0.2
ROWS_BLUR = 0.04
# A colour of which that is skin is the wearer's.
SKIN_SHARE = 0.5
# A garment that is less than that of what was found is none.
LEAST_SHARE = 0.25
FEWEST_PIXELS = 50


def worn_garment(rgb, mask):
    """Find the garment on who wears it.

    Args:
        rgb: uint8 (h, w, 3).
        mask: bool (h, w), what stands out; true somewhere.

    Returns:
        bool (h, w): a part of the mask, its gaps closed; None where nobody is seen to
        wear one.
    """
    if width_to_height(mask) > MOST_WIDTH:
        return None
    skin = _skin(rgb) & mask
    head = _upper_middle(mask)
    if skin[head].mean() < HEAD_SHARE:
        return None
    part = _whole_parts(_central_colours(rgb, mask, skin))
    is_worn = (skin & ~part)[head].mean() >= HEAD_SHARE
    return part if is_worn and part.sum() >= LEAST_SHARE * mask.sum() else None


def _skin(rgb):
    """Where the colour of skin is, but for single pixels: bool (h, w)."""
    colours = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    skin = cv2.inRange(colours, DARKEST_SKIN, LIGHTEST_SKIN)
    return cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0


def _upper_middle(mask):
    """Where in a mask a head would be: bool (h, w), true somewhere."""
    left, top, right, bottom = box(mask)
    beside = (right - left) // 4
    down = top + max(3, round(HEAD_HEIGHT * (bottom - top)))
    upper = np.zeros_like(mask)
    upper[top:down, left + beside : right - beside] = True
    return mask & upper if (mask & upper).any() else mask


def _central_colours(rgb, mask, skin):
    """Where the colour is that has most of a mask's middle, and what is beside it that
    is no skin, as stripes and prints are: bool (h, w).
    """
    colours = cv2.GaussianBlur(lab(rgb), (0, 0), 0.8)
    colours *= np.float32([LIGHTNESS_WEIGHT, 1, 1])
    within = inside(mask)
    if within.sum() < FEWEST_PIXELS:
        return mask
    means = _merged_means(colours[within])
    nearest = np.linalg.norm(colours[:, :, None] - means, axis=3).argmin(axis=2)
    left, top, right, bottom = box(mask)
    middle = (left + right - 1) / 2, (top + bottom - 1) / 2
    weights = centrality(mask.shape, middle, (right - left, bottom - top)) * mask
    groups = [mask & (nearest == number) for number in range(len(means))]
    central = max(groups, key=lambda group: weights[group].sum())
    if _is_skin(central, skin):
        return central
    rows = _filled_rows(central)
    clothes = [group for group in groups if not _is_skin(group, skin)]
    return central | (np.any(clothes, axis=0) & rows[:, np.newaxis])


def _is_skin(group, skin):
    return skin[group].sum() >= SKIN_SHARE * group.sum()


def _filled_rows(mask):
    """The rows that have a good part of what the fullest row has: bool (h,)."""
    _, top, _, bottom = box(mask)
    counts = mask.sum(axis=1, dtype=np.float32)[:, np.newaxis]
    blur = ROWS_BLUR * (bottom - top)
    counts = cv2.GaussianBlur(counts, (0, 0), blur, borderType=cv2.BORDER_CONSTANT)
    return counts[:, 0] > FILLED_SHARE * counts.max()


def _merged_means(pixels):
    """The colours of pixels (n, 3), similar ones taken together: float32 (k, 3)."""
    cv2.setRNGSeed(1)  # first guesses are drawn at random
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.5)
    _, labels, means = cv2.kmeans(
        pixels, COLOURS, None, criteria, 2, cv2.KMEANS_PP_CENTERS
    )
    counts = np.bincount(labels.ravel(), minlength=len(means))
    merged = []
    for number in np.argsort(-counts):
        near = [
            np.linalg.norm(means[number] - mean) < LEAST_DIFFERENCE for mean in merged
        ]
        if not any(near):
            merged.append(means[number])
    return np.array(merged)


def _whole_parts(part):
    """Smooth a mask, keep its large parts and fill their holes: bool (h, w)."""
    part = part.astype(np.uint8)
    part = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    part = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    around = np.pad(~large_parts(part > 0), 1, constant_values=True).astype(np.uint8)
    _, grounds = cv2.connectedComponents(around)
    return grounds[1:-1, 1:-1] != grounds[0, 0]
