"""`manage.py train`: teach the networks; serve the result where it is better."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from classifier.exceptions import (
    DatasetUnavailable,
    HistoryUnavailable,
    NetworkUnavailable,
)
from classifier.labels import CLASS_NAMES
from classifier.learning import from_history, messages, objections, promotion
from classifier.networks import promotions
from classifier.pictures.file_names import one_line
from classifier.pictures.quiet import quietly
from classifier.training import fashion_mnist, folders
from classifier.training.photographs.sources import TO_COLLECT
from classifier.training.photographs.training import PhotographTraining
from classifier.training.recipes import RECIPES
from classifier.training.release import kept_part, release

from ..history_arguments import add_history_arguments, selection_of
from ..training_arguments import (
    IMAGE,
    PHOTOGRAPHS,
    PLANNED,
    HelpFormatter,
    add_training_arguments,
    command_line,
)

STATES = ".training"
LOG = ".training/log"


class Command(BaseCommand):
    """Arguments; `training`, `photograph_training` and `release` do the work."""

    help = (
        "Train the networks and write a checkpoint: for images one on Fashion-MNIST,"
        " the head for photographs on a pretrained backbone. It is the one to serve"
        " where there is none, or where it is right more often on the same pictures."
        " Ctrl-C stops and keeps the best epoch as a checkpoint; --resume goes on after"
        " a stop or a kill."
    )

    # Whoever trains the first checkpoint needs no warning that there is none.
    requires_system_checks = []

    def create_parser(self, prog_name, subcommand, **kwargs):
        return super().create_parser(
            prog_name, subcommand, formatter_class=HelpFormatter, **kwargs
        )

    def add_arguments(self, parser):
        add_training_arguments(parser)
        add_history_arguments(parser)

    def handle(self, *args, **options):
        before = promotion.served_or_none(is_verified=True)
        self.is_finished = True
        if options["from_history"]:
            self.learn_from_history(before, options)
            return
        self.photographs = PhotographTraining(
            before,
            seed=options["seed"],
            report=self.report(options["verbosity"]),
        )
        try:
            class_names, parts = self.learn(before, options)
        except DatasetUnavailable as error:
            raise CommandError(error) from error
        except KeyboardInterrupt as error:
            raise CommandError(
                "Stopped. What was computed of photographs is kept: the same command"
                " goes on with it."
            ) from error
        finally:
            for file in self.photographs.skipped:
                self.stderr.write(f"Skipped {one_line(str(file.path))}: {file.reason}")
        checkpoint = release(parts, class_names, command_line(options))
        self.is_forced, objection = options["serve"], None
        if not self.is_forced:
            objection = objections.why_not(checkpoint, before, self.is_finished)
        message = self.finish(checkpoint, before, objection)
        if options["verbosity"]:
            self.stdout.write(message)

    def learn_from_history(self, before, options):
        """Train the head for photographs again, with the reviewed uploads."""
        say = self.report(options["verbosity"])
        try:
            checkpoint = from_history.make(before, selection_of(options), say)
        except (DatasetUnavailable, HistoryUnavailable, NetworkUnavailable) as error:
            raise CommandError(str(error)) from error
        say(messages.learnt(checkpoint))
        if not options["promote"]:
            return
        try:
            promotion.promote(
                checkpoint.version, by=promotions.operator(), reason=options["reason"]
            )
        except promotion.Refused as refusal:
            raise CommandError(f"It is not promoted: {refusal}") from refusal
        say(f"{checkpoint.version} is the one to serve.")

    def learn(self, before, options):
        """Train as the options say; return the class names, and parts by kind."""
        folder, only = options["dataset"], options["only"]
        if folder is not None and folders.is_one(folder):
            names, part = self.photographs.own_classes(folder)
            return names, {"photograph": part}
        names, parts = CLASS_NAMES, {}
        if before is not None and before.class_names != names:
            before = None
        if only == IMAGE:
            parts["photograph"] = kept_part(before, "photograph")
        else:
            parts["photograph"] = self.learn_photographs(before, names, options)
        if only == PHOTOGRAPHS:
            parts["image"] = kept_part(before, "image")
        else:
            parts["image"] = self.train_images(
                before, fashion_mnist.load(folder), options
            )
        order = ("image", "photograph")
        return names, {kind: parts[kind] for kind in order if parts[kind] is not None}

    def learn_photographs(self, before, names, options):
        """Learn the head for photographs, None where there are none to learn from."""
        folder = options["photographs"]
        is_known = before is not None and before.has_photograph_network
        if folder is not None and not (options["add"] and is_known):
            return self.photographs.known_classes(folder, names)
        if is_known:
            return self.photographs.again(names, folder)
        message = f"There are no photographs to learn from. {TO_COLLECT}"
        if options["only"] == PHOTOGRAPHS:
            raise CommandError(message)
        self.stderr.write(message)
        return None

    def train_images(self, before, data, options):
        """Train the network for images, from the start or on from where it stopped."""
        # Not before the data is there: TensorFlow takes seconds to import.
        try:
            with quietly():
                from classifier.training.image_part import image_part
                from classifier.training.log import TrainingLog
                from classifier.training.trainer import Plan, ResumeError, prepare
        except ModuleNotFoundError as error:
            raise CommandError(
                f"{error}: the network for images is trained with TensorFlow. Install"
                " requirements.txt, or take the image of the target train (docker"
                " build --target train). Heads for photographs need neither."
            ) from error

        epochs, batch_size = RECIPES[options["recipe"]].suited_to(len(data.train))
        options["epochs"] = options["epochs"] or epochs
        options["batch_size"] = options["batch_size"] or batch_size
        plan = Plan(**{name: options[name] for name in PLANNED})
        training = prepare(data, plan, settings.CHECKPOINTS_DIR / STATES)
        if options["resume"]:
            try:
                training.resume()
            except ResumeError as error:
                raise CommandError(error) from error
        else:
            training.forget()
        log = TrainingLog(settings.CHECKPOINTS_DIR / LOG, options["resume"])
        self.run(training, log, options["verbosity"])
        if not training.epochs:
            raise CommandError("Stopped before an epoch was finished.")
        self.is_finished = training.is_finished
        return image_part(training, data, objections.measured(before, data))

    def run(self, training, log, verbosity):
        """Train the epochs that are left, one line each; Ctrl-C ends it early."""
        try:
            for epoch in training.run():
                log.write(epoch)
                if verbosity:
                    line = messages.progress(epoch, training.plan.epochs)
                    self.stdout.write(line)
        except KeyboardInterrupt:
            return

    def report(self, verbosity):
        """Return a function that reports the progress of a training."""
        return self.stdout.write if verbosity else lambda message: None

    def finish(self, checkpoint, before, objection):
        """Make a checkpoint the served one, or say why another is served still."""
        if objection:
            return messages.kept(checkpoint, before, objection)
        reason = "trained: right more often" if before else "trained: the first one"
        if self.is_forced:
            reason = "trained with --serve"
        promotions.serve(checkpoint.version, by=promotions.operator(), reason=reason)
        return self.style.SUCCESS(messages.served(checkpoint, before))
