"""Measure what each way from a photograph to an image brings to the served network.

    python benchmarks/photographs.py FOLDER

The folder holds `labels.csv`, with a column `file`, relative to it, and a column
`label`, a class name; rows of other labels are left out.
"""

import argparse
import csv
import os
import sys
from pathlib import Path

import django
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

# They need the settings above.
from classifier import prediction  # noqa: E402
from classifier.evaluation import wilson_interval  # noqa: E402
from classifier.preprocessing import to_grey  # noqa: E402

SIZE = 28


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="photographs with labels.csv")
    folder = parser.parse_args().folder
    classifier = prediction.served()
    photographs = list(read(folder, classifier.class_names))
    labels = np.array([label for _, label in photographs])
    for name, way in ways(classifier).items():
        images = np.stack([way(picture) for picture, _ in photographs])
        right = classifier.scorer.logits(images, True).argmax(axis=1) == labels
        sys.stdout.write(f"{name}: {summary(right)}\n")


def read(folder, class_names):
    """Yield the photographs of known classes: (PIL image, label)."""
    with open(folder / "labels.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] in class_names:
                picture = Image.open(folder / row["file"])
                yield picture, class_names.index(row["label"])


def ways(classifier):
    """The ways to compare: functions from a PIL image to uint8 (28, 28)."""
    return {
        "squeezed": squeeze,
        "squeezed and negated": lambda picture: 255 - squeeze(picture),
        "as served": lambda picture: classifier.preprocessing.view(picture).image,
    }


def squeeze(picture):
    grey = to_grey(picture)
    return np.asarray(grey.resize((SIZE, SIZE), Image.Resampling.BOX))


def summary(right):
    low, high = wilson_interval(int(right.sum()), len(right))
    return (
        f"{right.sum()} of {len(right)} right, {right.mean():.1%}"
        f" (95 % interval {low:.1%} to {high:.1%})"
    )


if __name__ == "__main__":
    main()
