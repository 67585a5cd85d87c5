"""The options of `manage.py train`, and the command line that repeats a training."""

import argparse
import shlex
from itertools import chain

from django.core.management.base import DjangoHelpFormatter

from classifier.training.recipes import RECIPES

IMAGE, PHOTOGRAPHS = "image", "photographs"
# The options that a training cannot change while it runs.
PLANNED = ("recipe", "epochs", "batch_size", "seed", "precision")


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, DjangoHelpFormatter):
    """Django's order of options, with each default shown."""


def add_training_arguments(parser):
    """Add the options for the training data and the training."""
    parser.add_argument(
        "--dataset",
        metavar="DIR",
        help="folder with a sub-folder of pictures for each class of your own,"
        " and perhaps one named none for pictures of none of them; measured by"
        " cross-validation, or on DIR/test where there are DIR/train and DIR/test."
        " Or folder with IDX files; default: Fashion-MNIST, Debian's or else"
        " Keras's download",
    )
    parser.add_argument(
        "--photographs",
        metavar="DIR",
        help="photographs of the classes: sub-folders, or labels.csv with the"
        " columns file, class and perhaps group, who took a picture; default: what"
        " the served checkpoint keeps of those that it learnt from",
    )
    parser.add_argument(
        "--add",
        action="store_true",
        help="learn from --photographs and from what the served checkpoint keeps",
    )
    parser.add_argument(
        "--only",
        choices=(IMAGE, PHOTOGRAPHS),
        help="train this network, and take the other one over from the served"
        " checkpoint",
    )
    parser.add_argument(
        "--recipe",
        choices=RECIPES,
        default="plain",
        help="what the network for images is and what it sees while it learns",
    )
    parser.add_argument(
        "--epochs",
        type=positive,
        help="passes over the images; default, for small data sets more:"
        f" {each_recipes('epochs')}",
    )
    parser.add_argument(
        "--batch-size",
        type=positive,
        help="images a step; default, for small data sets less:"
        f" {each_recipes('batch_size')}",
    )
    parser.add_argument("--seed", type=int, default=1, help="repeats a run")
    parser.add_argument(
        "--precision",
        choices=("float32", "mixed_bfloat16"),
        default="float32",
        help="what the network computes in while it learns: the second is faster on"
        " processors and GPUs that can do it",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on after the last finished epoch"
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="serve the result even if it is not better, or knows other classes",
    )


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"Expected 1 or more, got {number}.")
    return number


def each_recipes(name):
    return ", ".join(
        f"{key} {getattr(recipe, name)}" for key, recipe in RECIPES.items()
    )


def command_line(options):
    """Return the command that repeats this training, as the card keeps it."""
    names = ("dataset", "photographs", "only")
    names += PLANNED if options["epochs"] else ("seed",)
    given = [name for name in names if options[name] is not None]
    flags = [[f"--{name.replace('_', '-')}", str(options[name])] for name in given]
    flags += [["--add"]] if options["add"] else []
    return shlex.join(["manage.py", "train", *chain.from_iterable(flags)])
