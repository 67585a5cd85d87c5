"""What the published backbone already knows of our classes, as prior means.

Few open photographs show handbags or boots, but the ImageNet classifier that the
backbone was published with has rows for them. For classes of one covariance a row is
that covariance's inverse times the class mean, so the row times the covariance of our
own photographs tells where such pictures lie. The row's scale is that of ImageNet:
`SCALE` brings it to ours, measured on the shoes and backpacks that there are.
"""

import numpy as np

from classifier.networks.heads import Prior

# Rows of ImageNet's classes (backpack, mailbag, purse; cowboy boot), and how much they
# weigh against the pictures that there are: of boots a prior takes from sneakers.
ROWS = {"Bag": ((414, 636, 748), 1.0), "Ankle boot": ((514,), 0.5)}
SCALE = 2.5


def priors(class_names, embeddings, pooled, labels, classifiers):
    """Return the prior means of the classes that have rows.

    Args:
        class_names: of the labels from 0.
        embeddings: float32 (n, dimensions).
        pooled: float32 (n, features), what was embedded, network after network.
        labels: int (n,).
        classifiers: of each network, its published rows: float32 (1000, channels).

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
