"""`manage.py evaluate`: how good a checkpoint is on pictures with known classes."""

import json

from django.core.management.base import BaseCommand, CommandError

from ... import dataset, registry
from ...evaluation import evaluate
from ...exceptions import DatasetUnavailable, NetworkUnavailable
from ...prediction import Classifier


class Command(BaseCommand):
    """Arguments and text; `evaluation` has the figures."""

    help = (
        "Measure a checkpoint on Fashion-MNIST's test split: accuracy, calibration and"
        " what its doubts are worth."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--checkpoint", metavar="VERSION", help="default: the served one"
        )
        parser.add_argument(
            "--dataset",
            metavar="DIR",
            help="folder with IDX files; default: Debian's, else Keras's download",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        version = options["checkpoint"]
        try:
            checkpoint = (
                registry.open_checkpoint(version) if version else registry.served()
            )
            data = dataset.load(options["dataset"])
            if checkpoint.class_names != data.class_names:
                raise CommandError(
                    f"The checkpoint knows {', '.join(checkpoint.class_names)};"
                    f" the data set shows {', '.join(data.class_names)}."
                )
            classifier = Classifier(checkpoint)
        except (NetworkUnavailable, DatasetUnavailable) as error:
            raise CommandError(error) from error
        figures = {"checkpoint": checkpoint.version, **evaluate(classifier, data.test)}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write("\n".join(text(figures)))


def text(figures):
    """Yield the lines of the report."""
    low, high = figures["accuracy_interval"]
    doubt = figures["not_sure"]
    yield f"Checkpoint {figures['checkpoint']} on {figures['pictures']} pictures"
    yield ""
    yield f"accuracy           {figures['accuracy']:.2%} (95 %: {low:.2%}-{high:.2%})"
    yield f"calibration error  {figures['calibration_error']:.2%} (15 bins)"
    yield (
        f"not sure           {doubt['share']:.2%};"
        f" of the sure answers {doubt['accuracy_when_sure']:.2%} are right,"
        f" {doubt['right_but_not_sure']} right ones were doubted"
    )
    yield from _classes(figures["classes"])
    yield from _confusion(figures)
    yield from _risk(figures["risk"])
    yield from _mistakes(figures["mistakes"])


def _classes(classes):
    yield ""
    yield f"{'class':<14}{'precision':>10}{'recall':>10}{'F1':>10}{'pictures':>10}"
    for row in classes:
        yield (
            f"{row['class_name']:<14}{row['precision']:>10.1%}{row['recall']:>10.1%}"
            f"{row['f1']:>10.1%}{row['pictures']:>10}"
        )


def _confusion(figures):
    names = [row["class_name"] for row in figures["classes"]]
    yield ""
    yield f"{'true / answered':<16}" + "".join(f"{name[:8]:>9}" for name in names)
    for name, row in zip(names, figures["confusion"], strict=True):
        yield f"{name:<16}" + "".join(f"{count:>9}" for count in row)


def _risk(curve):
    yield ""
    yield "answered  wrong among them"
    for point in curve[:: len(curve) // 10 or 1]:
        yield f"{point['coverage']:>8.1%}  {point['risk']:.2%}"


def _mistakes(mistakes):
    yield ""
    yield "The surest mistakes"
    for mistake in mistakes:
        yield (
            f"{mistake['index']:>6}  {mistake['class_name']} answered as"
            f" {mistake['predicted']} at {mistake['probability']:.1%}"
        )
