"""Which uploads to review first: those that would teach the head most.

An upload teaches much where the head is torn between two classes, where nothing like it
was chosen yet, and where its class is rare among the answers.
"""

import numpy as np


def most_teaching(probabilities, embeddings, count):
    """Order the uploads by the value of a review, the most valuable first.

    Greedy: each choice has the highest product of the uncertainty of its answer (the
        root of 1 less the margin between the two most probable classes; Scheffer et al.
        2001, doi:10.1007/3-540-44816-0_31), of its cosine distance to the choices
        before, and of the rarity of its class among the answers. The exponents were
        chosen by benchmarks/reviewing.py.

    Args:
        probabilities: float (n, classes), of uploads without a review.
        embeddings: float (n, dimensions), of the same uploads.
        count: number of choices.

    Returns:
        int (min(count, n),), the positions of the choices.
    """
    worth = np.sqrt(uncertainty(probabilities)) * rarity(probabilities)
    directions = embeddings / np.maximum(
        np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-12
    )
    distance = np.full(len(worth), 2.0)
    chosen = []
    for _ in range(min(count, len(worth))):
        score = worth * distance
        score[chosen] = -1
        chosen.append(int(score.argmax()))
        nearness = directions @ directions[chosen[-1]]
        distance = np.minimum(distance, np.maximum(1 - nearness, 0))
    return np.array(chosen, int)


def uncertainty(probabilities):
    """Return 1 less the margin between the two likeliest classes: float (n,)."""
    second, first = np.sort(probabilities, axis=1)[:, -2:].T
    return 1 - (first - second)


def rarity(probabilities):
    """Return how rare each answer's class is among the answers: float (n,)."""
    answers = probabilities.argmax(axis=1)
    counts = np.bincount(answers, minlength=probabilities.shape[1])
    return 1 / np.sqrt(counts[answers])
