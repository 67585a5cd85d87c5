"""Prior means of our classes from the published classifier of the backbone.

Few open photographs show handbags or boots, but the ImageNet classifier published with
the backbone has rows for them. For classes of one covariance a row is that covariance's
inverse times the class mean, so the row times the covariance of our own photographs
estimates the mean of such pictures. The row has the scale of ImageNet; `SCALE` converts
it to ours, measured on the available shoes and backpacks.
"""

import numpy as np

from classifier.networks.heads import Prior

# Rows of ImageNet's classes (backpack, mailbag, purse; cowboy boot), and their weight
# relative to our pictures: a prior for boots costs accuracy of sneakers.
ROWS = {"Bag": ((414, 636, 748), 1.0), "Ankle boot": ((514,), 0.5)}
SCALE = 2.5


def priors(class_names, embeddings, pooled, labels, classifiers):
    """Return the prior means of the classes with rows.

    Args:
        class_names: of the labels from 0.
        embeddings: float32 (n, dimensions).
        pooled: float32 (n, features), the input of the embeddings, network by network.
        labels: int (n,).
        classifiers: the published rows of each network: float32 (1000, channels).

    Returns:
        list of Prior.
    """
    count = labels.max() + 1
    means = np.array(
        [embeddings[labels == label].mean(axis=0) for label in range(count)]
    )
    pooled_means = np.array(
        [pooled[labels == label].mean(axis=0) for label in range(count)]
    )
    covariance = (embeddings - means[labels]).T @ (pooled - pooled_means[labels])
    covariance /= len(labels)  # (dimensions, features)
    rows = np.hstack([each - each.mean(axis=0) for each in classifiers])
    centre = means.mean(axis=0)
    return [
        Prior(
            class_names.index(name),
            centre + SCALE * covariance @ rows[list(numbers)].mean(axis=0),
            weight,
        )
        for name, (numbers, weight) in ROWS.items()
        if name in class_names
    ]
