"""The validation split of a data set."""

import numpy as np

VALIDATION_SHARE = 1 / 12


def split_validation(split, seed):
    """Hold out a random twelfth of a split, more of a small one.

    Returns:
        The splits for training and for validation.
    """
    order = np.random.default_rng(seed).permutation(len(split))
    count = max(round(len(split) * VALIDATION_SHARE), min(len(split) // 5, 200))
    return split.subset(order[count:]), split.subset(order[:count])
