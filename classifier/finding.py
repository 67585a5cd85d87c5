"""Finds the garment in a photograph, to be cut out.

The garment is what differs in colour from the picture's rim: by how much is sought
where the rim has several colours, and known where it has one. Works on small pictures,
about 100 pixels a side, where it takes some 10 ms; what it brings is measured in
docs/photographs.md.
"""

import cv2
import numpy as np

from .colours import lab
from .masks import box, centrality, large_parts, width_to_height
from .showing import SHARPENED, sharpen, show, whole
from .wearing import worn_garment

RIM_SHARE = 0.05
RIM_COLOURS = 3
# A colour of the rim is the ground's where enough of the rim has it, and not where so
# much of that is at the bottom, away from the corners: people stand there.
LEAST_RIM_SHARE = 0.08
MOST_AT_BOTTOM = 0.6
# In CIELAB: what differs by less on an even ground is noise, shadow or compression.
LEAST_DEVIATION = np.array([5, 2.5, 2.5], np.float32)
# A ground is plain where so much of the rim, but for the bottom, is nearer to its
# median than that, in CIELAB. What is further from it than that is no ground.
PLAIN_SHARE = 0.9
PLAIN_DEVIATION = 3
PLAIN_DIFFERENCE = 4
# A garment that is found in less of the picture is none.
LEAST_SHARE = 0.03
REFINEMENTS = 2
# Shops show shoes at an angle, the data set from the side: what is so many times wider
# than high is drawn out, at most so much, and to no more than such shoes are there.
LEAST_WIDTH, MOST_WIDTH = 1.4, 2
MOST_DRAWN_OUT = 1.3


def views(rgb, size):
    """Show a photograph's garment cut out, and the photograph as it is.

    The garment is shown as Fashion-MNIST does: negated, on black. Where somebody wears
    it, of the photograph only what is around it is shown. Shoes, and what else is wide,
    are drawn out in both, and both are sharpened.

    Args:
        rgb: uint8 (h, w, 3), about 100 pixels a side.
        size: the side of the images that are wanted.

    Returns:
        Two uint8 arrays (size, size); the first is black where the picture is blank.
    """
    garment = find(rgb)
    worn = worn_garment(rgb, garment)
    if worn is None:
        rgb, garment = _draw_out(rgb, garment)
        surroundings = rgb
    else:
        left, top, right, bottom = box(worn)
        garment, surroundings = worn, rgb[top:bottom, left:right]
    negated = 255 - cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    shown = show(negated, garment, size), whole(surroundings, size)
    return tuple(sharpen(view, SHARPENED) for view in shown)


def find(rgb):
    """Find the garment.

    Args:
        rgb: uint8 (h, w, 3).

    Returns:
        bool array (h, w), true on the garment; true everywhere if none stands out.
    """
    colours = lab(rgb)
    mask = _before_plain_ground(colours)
    if mask is None:
        mask = _before_any_ground(rgb, colours)
    return mask if mask.mean() >= LEAST_SHARE else np.ones(rgb.shape[:2], bool)


def _draw_out(rgb, mask):
    """Make what is somewhat wide wider: uint8 (h, w, 3) and bool (h, w), as given."""
    ratio = width_to_height(mask)
    if mask.all() or not LEAST_WIDTH < ratio < MOST_WIDTH:
        return rgb, mask
    height, width = mask.shape
    size = round(width * min(MOST_DRAWN_OUT, MOST_WIDTH / ratio)), height
    wider = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR), wider > 0


def _before_plain_ground(colours):
    """Find what stands out from a ground of one colour; None if it has several."""
    is_beside = _rim(colours.shape[:2]) & ~_bottom(colours.shape[:2])
    ground = np.median(colours[is_beside], axis=0)
    difference = np.linalg.norm(colours - ground, axis=2)
    if (difference[is_beside] < PLAIN_DEVIATION).mean() < PLAIN_SHARE:
        return None
    mask = (difference > PLAIN_DIFFERENCE).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return _central_parts(mask)


def _before_any_ground(rgb, colours):
    """Find what differs most from the colours of the rim, and refine its outline."""
    # OpenCV draws first guesses at random: the same picture shall get the same ones.
    cv2.setRNGSeed(1)
    mask = _central_parts(_threshold(_difference_from_rim(colours)))
    if mask.mean() < LEAST_SHARE:
        return mask
    refined = _refine(rgb, mask)
    return refined if refined.mean() >= LEAST_SHARE else mask


def _difference_from_rim(colours):
    """How many deviations each pixel is from the nearest colour of the rim."""
    is_rim = _rim(colours.shape[:2])
    rim, at_bottom = colours[is_rim], _bottom(colours.shape[:2])[is_rim]
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    _, groups, _ = cv2.kmeans(
        rim, RIM_COLOURS, None, criteria, 2, cv2.KMEANS_PP_CENTERS
    )
    colour_groups = [groups[:, 0] == group for group in range(RIM_COLOURS)]
    grounds = [
        group
        for group in colour_groups
        if group.mean() >= LEAST_RIM_SHARE and at_bottom[group].mean() <= MOST_AT_BOTTOM
    ]
    differences = [_deviations(colours, rim[group]) for group in grounds or [...]]
    return cv2.GaussianBlur(np.min(differences, axis=0), (0, 0), 1)


def _rim(shape):
    width = max(2, round(RIM_SHARE * min(shape)))
    rim = np.ones(shape, bool)
    rim[width:-width, width:-width] = False
    return rim


def _bottom(shape):
    """The rim's lower side without its corners: bool (h, w)."""
    height, width = shape
    bottom = np.zeros(shape, bool)
    bottom[round(0.85 * height) :, round(0.12 * width) : round(0.88 * width)] = True
    return bottom


def _deviations(colours, ground):
    deviation = np.maximum(ground.std(axis=0), LEAST_DEVIATION)
    return np.linalg.norm((colours - ground.mean(axis=0)) / deviation, axis=2)


def _threshold(difference):
    """Split in two by Otsu's threshold, smoothed: uint8 (h, w), 0 or 255."""
    highest = max(float(np.percentile(difference, 97)), 1e-3)
    levels = (np.minimum(difference / highest, 1) * 255).astype(np.uint8)
    _, mask = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))


def _central_parts(mask):
    """Keep the parts that are large or central, next to the most central one."""
    height, width = mask.shape
    count, parts = cv2.connectedComponents(mask)
    nearness = centrality(mask.shape, (width / 2, height / 2), (width, height))
    weights = np.bincount(parts.ravel(), nearness.ravel(), count)
    weights[0] = 0
    return (weights >= 0.3 * weights.max())[parts] & (mask > 0)


def _refine(rgb, mask):
    """Move the outline to where the colours change, by GrabCut.

    Follows Rother, Kolmogorov and Blake 2004, doi:10.1145/1015706.1015720.
    """
    labels = np.where(mask, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    # The rim is ground, but for what of the garment reaches it.
    edge = np.ones(mask.shape, bool)
    edge[2:-2, 2:-2] = False
    labels[edge & (mask == 0)] = cv2.GC_BGD
    ground, garment = np.zeros((2, 1, 65))
    try:
        cv2.grabCut(
            rgb, labels, None, ground, garment, REFINEMENTS, cv2.GC_INIT_WITH_MASK
        )
    except cv2.error:  # all pixels are on one side
        return mask
    return large_parts((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))
