"""`manage.py train`: teach a network Fashion-MNIST; serve it where it is better."""

import argparse
import shlex
from itertools import chain

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter

from ... import dataset, picture_folders, promotion, registry
from ...exceptions import DatasetUnavailable, NetworkUnavailable
from ...file_names import one_line
from ...preprocessing import Preprocessing
from ...quiet import quietly
from ...recipes import RECIPES

STATES = ".training"
LOG = ".training/log"
# The options that a training cannot change while it runs.
PLANNED = ("recipe", "epochs", "batch_size", "seed", "precision")


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, DjangoHelpFormatter):
    """Django's order of options, with each default shown."""


class Command(BaseCommand):
    """Arguments and messages; `training` and `release` do the work."""

    help = (
        "Train the network and write a checkpoint. It is the one to serve where there"
        " is none, or where it is right more often on the same pictures. Ctrl-C stops"
        " and keeps the best epoch as a checkpoint; --resume goes on after a stop or a"
        " kill."
    )

    # The warning that there is no checkpoint would be no news to whoever makes one.
    requires_system_checks = []

    def create_parser(self, prog_name, subcommand, **kwargs):
        return super().create_parser(
            prog_name, subcommand, formatter_class=HelpFormatter, **kwargs
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dataset",
            metavar="DIR",
            help="folder with a sub-folder of pictures for each class, or with IDX"
            " files; default: Fashion-MNIST, Debian's or else Keras's download",
        )
        parser.add_argument(
            "--recipe",
            choices=RECIPES,
            default="plain",
            help="what the network is and what it sees while it learns",
        )
        parser.add_argument(
            "--epochs",
            type=positive,
            help="passes over the data for each network; default, for small data sets"
            " more:"
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

    def handle(self, *args, **options):
        try:
            data = self.load(options["dataset"], options["seed"])
        except DatasetUnavailable as error:
            raise CommandError(error) from error
        # Not before the data is there: TensorFlow takes seconds to import.
        with quietly():
            from ...release import release
            from ...training import Plan, ResumeError, forget, prepare, resume
            from ...training_log import TrainingLog

        epochs, batch_size = RECIPES[options["recipe"]].suited_to(len(data.train))
        options["epochs"] = options["epochs"] or epochs
        options["batch_size"] = options["batch_size"] or batch_size
        plan = Plan(**{name: options[name] for name in PLANNED})
        trainings = prepare(data, plan, settings.CHECKPOINTS_DIR / STATES)
        if options["resume"]:
            try:
                resume(trainings)
            except ResumeError as error:
                raise CommandError(error) from error
        else:
            forget(trainings)
        for kind, training in trainings.items():
            log = TrainingLog(settings.CHECKPOINTS_DIR / LOG / kind, options["resume"])
            if not self.run(kind, training, log, options["verbosity"]):
                break
        before = open_served()
        begun = {kind: each for kind, each in trainings.items() if each.epochs}
        if not begun:
            raise CommandError("Stopped before an epoch was finished.")
        checkpoint = release(begun, data, command_line(options), before)
        is_finished = all(training.is_finished for training in trainings.values())
        objection = None
        if not options["serve"]:
            objection = promotion.why_not(checkpoint, before, is_finished)
        message = self.finish(checkpoint, before, objection)
        if options["verbosity"]:
            self.stdout.write(message)

    def load(self, folder, seed):
        """Load class folders or IDX files, and list what was skipped."""
        if folder is None or not picture_folders.is_one(folder):
            return dataset.load(folder)
        data, skipped = picture_folders.load(folder, Preprocessing(), seed)
        for file in skipped:
            self.stderr.write(f"Skipped {one_line(str(file.path))}: {file.reason}")
        return data

    def run(self, kind, training, log, verbosity):
        """Train the epochs that are left, one line each; Ctrl-C ends it early.

        Returns:
            Whether it came to its end.
        """
        try:
            for epoch in training.run():
                log.write(epoch)
                if verbosity:
                    self.stdout.write(progress(kind, epoch, training.plan.epochs))
        except KeyboardInterrupt:
            return False
        return True

    def finish(self, checkpoint, before, objection):
        """Make a checkpoint the served one, or say why another is served still."""
        test = checkpoint.card["test"]
        written = (
            f"Wrote {checkpoint.path}: test accuracy {test['accuracy']:.2%},"
            f" calibration error {test['calibration_error']:.2%}."
            f"{promotion.doubt(checkpoint)}"
        )
        if objection:
            return (
                f"{written} {before.version} is served still: {objection} To serve the"
                f" new one all the same, write {checkpoint.version} into"
                f" {registry.pointer()} and start the service again."
            )
        registry.serve(checkpoint.version)
        return self.style.SUCCESS(
            f"{written} It is the one to serve: a service that runs answers by it once"
            f" it is started again.{promotion.comparison(before, checkpoint)}"
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


def progress(kind, epoch, epochs):
    left_s = (epochs - epoch.number) * epoch.seconds
    return (
        f"{kind} epoch {epoch.number}/{epochs}: loss {epoch.loss:.3f},"
        f" val_loss {epoch.validation_loss:.3f},"
        f" val_accuracy {epoch.validation_accuracy:.4f}, {epoch.seconds:.1f} s,"
        f" {left_s / 60:.0f} min left"
    )


def command_line(options):
    """The command that repeats this training, as the card keeps it."""
    given = [name for name in ("dataset", *PLANNED) if options[name] is not None]
    flags = [[f"--{name.replace('_', '-')}", str(options[name])] for name in given]
    return shlex.join(["manage.py", "train", *chain.from_iterable(flags)])


def open_served():
    """The checkpoint that is served, or None."""
    try:
        return registry.served()
    except NetworkUnavailable:
        return None
