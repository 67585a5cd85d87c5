"""Labels that a head needs for the same accuracy, by the order of reviewing.

A simulation over the base embeddings of the served checkpoint: a quarter of their
senders is tested on, 50 pictures at random begin, 50 at a time are reviewed, at random
or those that teach most. Run it from the folder of the repository; it prints a table.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")

BATCH = 50
TEST_SHARE = 4
TARGETS = (0.70, 0.72, 0.74, 0.76, 0.78, 0.80)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="default: 5")
    parser.add_argument("--labels", type=int, default=1500, help="default: 1500")
    arguments = parser.parse_args()
    import django

    django.setup()
    curves = {
        name: np.mean(
            [simulate(name, seed, arguments.labels) for seed in range(arguments.runs)],
            axis=0,
        )
        for name in ("at random", "most teaching")
    }
    sys.stdout.write("accuracy  at random  most teaching  share\n")
    for target in TARGETS:
        at_random, teaching = (needed(curve, target) for curve in curves.values())
        share = f"{teaching / at_random:.0%}" if at_random and teaching else ""
        sys.stdout.write(
            f"{target:>8.0%}  {at_random or '':>9}  {teaching or '':>13}  {share:>5}\n"
        )


def needed(curve, target):
    """Return how many labels reach an accuracy, None where none do."""
    reached = np.flatnonzero(curve >= target)
    return BATCH * (int(reached[0]) + 1) if len(reached) else None


def simulate(order, seed, end):
    """Return the accuracy after each batch of labels."""
    from classifier.learning.teaching import most_teaching
    from classifier.networks.confidence import softmax

    embeddings, labels, groups, class_count, temperature = pictures()
    random = np.random.default_rng(seed)
    names = random.permutation(np.unique(groups))
    is_test = np.isin(groups, names[: len(names) // TEST_SHARE])
    pool, answers = embeddings[~is_test], labels[~is_test]
    is_labelled = np.zeros(len(pool), bool)
    is_labelled[random.permutation(len(pool))[:BATCH]] = True
    curve = []
    while True:
        score = learn(pool[is_labelled], answers[is_labelled], class_count)
        right = score(embeddings[is_test]).argmax(axis=1) == labels[is_test]
        curve.append(right.mean())
        if is_labelled.sum() >= end:
            return np.array(curve)
        open_ones = np.flatnonzero(~is_labelled)
        if order == "at random":
            chosen = random.permutation(len(open_ones))[:BATCH]
        else:
            probabilities = softmax(score(pool[open_ones]) / temperature)
            chosen = most_teaching(probabilities, pool[open_ones], BATCH)
        is_labelled[open_ones[chosen]] = True


def pictures():
    """Return embeddings, labels and senders of the base that show a class."""
    from classifier.networks import checkpoints

    checkpoint = checkpoints.served()
    kept, count = checkpoint.load_embeddings(), len(checkpoint.class_names)
    is_known = kept["labels"] < count
    embeddings = kept["embeddings"] * checkpoint.head_arrays()["step"]
    temperature = checkpoint.calibration("photograph").temperature
    return (
        embeddings[is_known].astype(np.float32),
        kept["labels"][is_known].astype(int),
        kept["groups"][is_known],
        count,
        temperature,
    )


def learn(embeddings, labels, class_count):
    """Return what scores embeddings by a head that was learnt from these."""
    from classifier.learning.head_learning import learn_known
    from classifier.networks.heads import Moments

    head, known = learn_known(Moments.of(embeddings, labels, class_count))

    def score(others):
        logits = np.full((len(others), class_count), -1e4)
        logits[:, known] = head.logits(others)
        return logits

    return score


if __name__ == "__main__":
    main()
