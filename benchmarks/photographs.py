"""Measure what each way from a photograph to an image brings to the served network.

    python benchmarks/photographs.py FOLDER [LABELS] [--only COLUMN]

The labels are a CSV file, `labels.csv` in the folder if not said otherwise: a column
`file`, relative to the folder, and a column `label`, a class name, or another word for
what shows none of them. `catalogue.csv` beside this program has those of the pictures
of five public repositories, each in a folder of its owner and name, `shop_seen.csv` and
`shop_unseen.csv` those of another. With `--only`, what has "no" in that column is left
out: `is_alone` has which garments of the five nobody wears or holds, before a plain
ground, `is_clear` of which class of the other's a person is sure.
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
from classifier.evaluation import NO_CLASS, evaluate, wilson_interval  # noqa: E402
from classifier.pictures import open_picture  # noqa: E402
from classifier.preprocessing import to_grey  # noqa: E402

SIZE = 28


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="of photographs")
    parser.add_argument("labels", type=Path, nargs="?", help="default: its labels.csv")
    parser.add_argument(
        "--only", metavar="COLUMN", help='leave out what has "no" in this column'
    )
    options = parser.parse_args()
    classifier = prediction.served()
    rows = read(options.labels or options.folder / "labels.csv")
    if options.only:
        if options.only not in rows[0]:
            parser.error(f"The labels have no column {options.only}.")
        rows = [row for row in rows if row[options.only] != "no"]
    pictures = [open_picture(options.folder / row["file"]) for row in rows]
    labels = np.array([label_of(row, classifier.class_names) for row in rows])
    is_known = labels != NO_CLASS
    for name, way in ways(classifier).items():
        images = np.stack([way(picture) for picture in pictures])[is_known]
        logits = classifier.scorer.score(images, is_photograph=True).logits
        right = logits.argmax(axis=1) == labels[is_known]
        sys.stdout.write(f"{name}: {share(right, 'right')}\n")
    answers = evaluate(classifier, pictures, labels)
    sys.stdout.write(f"sure: {share(answers.is_sure, 'of garments')}\n")
    if answers.is_sure.any():
        right = answers.is_right[answers.is_sure]
        sys.stdout.write(f"sure: {share(right, 'right')}\n")
    if not is_known.all():
        doubted = ~answers.is_sure_of_none
        sys.stdout.write(f"no class: {share(doubted, 'not sure')}\n")


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def label_of(row, class_names):
    return class_names.index(row["label"]) if row["label"] in class_names else NO_CLASS


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


def share(flags, what):
    low, high = wilson_interval(int(flags.sum()), len(flags))
    return (
        f"{flags.sum()} of {len(flags)} {what}, {flags.mean():.1%}"
        f" (95 % interval {low:.1%} to {high:.1%})"
    )


if __name__ == "__main__":
    main()
