"""What is asked of masks, bool (h, w): where they are, their inside, their parts."""

import cv2
import numpy as np

# Parts of less than that of the largest one's area are left out.
LEAST_OF_LARGEST = 0.2


def box(mask):
    """The box around a mask: (left, top, right, bottom), the last two exclusive."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def width_to_height(mask):
    """How many times as wide as high the box around a mask is."""
    left, top, right, bottom = box(mask)
    return (right - left) / (bottom - top)


def inside(mask):
    """A mask without its outline, whose pixels show the ground as well."""
    return cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def large_parts(mask):
    """A mask without its small parts."""
    _, parts, sizes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = np.where(np.arange(len(sizes)) > 0, sizes[:, cv2.CC_STAT_AREA], 0)
    return mask & (areas >= LEAST_OF_LARGEST * areas.max())[parts]


def centrality(shape, centre, size):
    """How near a place each pixel is: float (h, w), at most 1.

    Args:
        shape: (h, w).
        centre: (x, y).
        size: width and height of that of which this is the middle.
    """
    across, down = (
        (np.arange(length) - middle) / (0.3 * extent)
        for length, middle, extent in zip(shape[::-1], centre, size, strict=True)
    )
    return np.exp(-(across**2 + down[:, None] ** 2))
