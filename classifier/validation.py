"""What is held back to validate with, and what of it photographs are composed of."""

import numpy as np

VALIDATION_SHARE = 1 / 12
# Photographs to validate with: to find the garment in one takes 20 ms.
PHOTOGRAPHED = 2500
# Of photographs, a drawing of no class for so many.
DRAWN = 4


def split_validation(split, seed):
    """Set a twelfth of a split aside at random, more of a small one.

    Returns:
        The splits to train and to validate with.
    """
    order = np.random.default_rng(seed).permutation(len(split))
    count = max(round(len(split) * VALIDATION_SHARE), min(len(split) // 5, 200))
    return split.subset(order[count:]), split.subset(order[:count])


def split_for_photographs(validation):
    """Take the images that photographs are composed of, and those for drawings.

    Returns:
        A split of each; the second is a part of the first.
    """
    composed = validation.subset(slice(PHOTOGRAPHED))
    return composed, composed.subset(slice(len(composed) // DRAWN))
