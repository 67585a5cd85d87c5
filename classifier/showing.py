"""Shows what was found in a photograph as the data set shows garments, and the whole.

Of any picture becomes a small one of greys: contrast stretched, square, sharpened.
"""

import cv2
import numpy as np

from .masks import box, inside

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
    shown = show(levels, mask, max(shape))
    return shown if shown.shape == shape else cv2.resize(shown, shape[::-1])


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
