"""Finds the garment in a photograph and cuts it out, as the data set's pictures are.

The garment is what differs in colour from the picture's rim: by how much is sought
where the rim has several colours, and known where it has one. Works on small pictures,
about 100 pixels a side, where it takes some 10 ms; what it brings is measured in
docs/photographs.md.
"""

import cv2
import numpy as np

from .colours import lab
from .masks import box, centrality, inside, large_parts, width_to_height
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
# Grey levels that a cut-out spans: the darkest cloth is still seen against black.
LEVELS = (60, 255)
# Contrast, out of 255, that is not worth stretching to them: noise and soft folds.
EVEN = 40
MARGIN_SHARE = 0.04
# The data set's images were reduced by leaving pixels out, then sharpened. A view's
# pixels are averages, and are sharpened by so much of what they differ from their
# surroundings.
SHARPENED = 0.5
SHARPENING_SIGMA = 0.7
# Pixels drawn for each one of a cut-out's side, then averaged.
OVERSAMPLING = 4


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


def show(levels, mask, size):
    """Show what is inside a mask on black, its contrast stretched, filling the image.

    Args:
        levels: float32 (h, w), about 0 to 255.
        mask: bool (h, w), true somewhere.
        size: the side of the image that is wanted.

    Returns:
        uint8 array (size, size); black where an even picture was not cut.
    """
    within = inside(mask)
    if not within.any():
        within = mask
    darkest, lightest = np.percentile(levels[within], [2, 98])
    if mask.all() and lightest - darkest < EVEN:
        return np.zeros((size, size), np.uint8)
    centred = (levels - (darkest + lightest) / 2) / max(lightest - darkest, EVEN)
    shown = np.clip(centred * (LEVELS[1] - LEVELS[0]) + np.mean(LEVELS), *LEVELS)
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)
    return _centre(shown * alpha, box(mask), size)


def show_in(levels, mask, shape):
    """Show as `show()` does, squeezed into a shape that may not be square."""
    square = show(levels, mask, max(shape))
    return square if square.shape == shape else cv2.resize(square, shape[::-1])


def whole(rgb, size):
    """Show the whole of a picture: grey, made square by repeating its outermost pixels.

    Args:
        rgb: uint8 (h, w, 3).
        size: the side of the image that is wanted.

    Returns:
        uint8 array (size, size), its contrast stretched.
    """
    grey = square(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    return stretch(cv2.resize(grey, (size, size), interpolation=cv2.INTER_AREA))


def sharpen(grey, amount):
    """Enlarge what differs from its surroundings: uint8 (h, w), as given.

    Args:
        grey: uint8 (h, w).
        amount: by which part of the difference.
    """
    levels = grey.astype(np.float32)
    difference = levels - cv2.GaussianBlur(levels, (0, 0), SHARPENING_SIGMA)
    return np.clip((levels + amount * difference).round(), 0, 255).astype(np.uint8)


def square(grey):
    """Make a picture square by repeating its outermost pixels: (h, w) -> (s, s)."""
    height, width = grey.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return cv2.copyMakeBorder(
        grey,
        top,
        side - height - top,
        left,
        side - width - left,
        cv2.BORDER_REPLICATE,
    )


def stretch(grey):
    """Stretch contrast so that 1 of 50 pixels at each end is black or white.

    Args:
        grey: array (h, w) of any real type and range.

    Returns:
        uint8 array (h, w).
    """
    values = np.sort(grey, axis=None)
    margin = len(values) // 50
    low, high = float(values[margin]), float(values[-1 - margin])
    scaled = (grey.astype(np.float32) - low) * (255 / max(high - low, 1e-3))
    return np.clip(scaled, 0, 255).astype(np.uint8)


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


def _centre(grey, area, size):
    """Sample a square around an area: float32 (h, w) -> uint8 (size, size)."""
    left, top, right, bottom = (int(value) for value in area)
    side = max(right - left, bottom - top) * (1 + 2 * MARGIN_SHARE)
    fine = size * OVERSAMPLING
    step = side / fine
    x = (left + right - side + step - 1) / 2
    y = (top + bottom - side + step - 1) / 2
    drawn = cv2.warpAffine(
        grey.astype(np.float32),
        np.array([[step, 0, x], [0, step, y]]),
        (fine, fine),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    averaged = cv2.resize(drawn, (size, size), interpolation=cv2.INTER_AREA)
    return np.clip(averaged.round(), 0, 255).astype(np.uint8)


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
