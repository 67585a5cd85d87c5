"""What is held back of a data set to validate with."""

import numpy as np

VALIDATION_SHARE = 1 / 12


def split_validation(split, seed):
    """Set a twelfth of a split aside at random, more of a small one.

    Returns:
        The splits to train and to validate with.
    """
    order = np.random.default_rng(seed).permutation(len(split))
    count = max(round(len(split) * VALIDATION_SHARE), min(len(split) // 5, 200))
    return split.subset(order[count:]), split.subset(order[:count])
