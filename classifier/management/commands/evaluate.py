"""`manage.py evaluate`: measure a checkpoint on labelled pictures."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from classifier.evaluation import reports
from classifier.evaluation.metrics import evaluation_of
from classifier.exceptions import DatasetUnavailable, NetworkUnavailable
from classifier.management import batches
from classifier.networks import checkpoints
from classifier.pictures.file_names import one_line
from classifier.prediction import Classifier
from classifier.training import fashion_mnist, folders


class Command(BaseCommand):
    """Arguments and output; `evaluation` computes the figures."""

    help = (
        "Measure a checkpoint on pictures with known classes: accuracy, calibration and"
        ' the value of "not sure".'
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--checkpoint", metavar="VERSION", help="default: the served one"
        )
        parser.add_argument(
            "--dataset",
            metavar="DIR",
            help="folder with a sub-folder for each class, optionally one named none"
            " for pictures of no class, or with labels.csv, whose columns are file"
            " and class, or with IDX files; default: Fashion-MNIST's test images,"
            " from Debian's package or Keras's download",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--html", metavar="FILE", type=Path, help="write a page with plots as well"
        )

    def handle(self, *args, **options):
        version, folder = options["checkpoint"], options["dataset"]
        try:
            checkpoint = (
                checkpoints.open_checkpoint(version)
                if version
                else checkpoints.served()
            )
            sources, labels = self.examples(folder, checkpoint)
            evaluation = self.evaluate(Classifier(checkpoint), sources, labels)
        except (NetworkUnavailable, DatasetUnavailable) as error:
            raise CommandError(error) from error
        if not len(evaluation.labels):
            raise CommandError("None of the files is a picture of a known class.")
        name = Path(folder).name if folder else "Fashion-MNIST's test split"
        title = f"Checkpoint {checkpoint.version} on {name}"
        if options["html"]:
            page = reports.page(title, [reports.section(evaluation, name)])
            options["html"].write_text(page, encoding="utf-8")
        if options["json"]:
            figures = {"checkpoint": checkpoint.version, **evaluation.as_dict()}
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write("\n".join([title, "", *text(evaluation.as_dict())]))

    def examples(self, folder, checkpoint):
        """Return paths or images and their labels, from class folders or IDX files."""
        if folder and folders.is_one(folder):
            _, test_folder = folders.split(folder)
            found = folders.find(test_folder or folder)
            known = folders.labels(found, checkpoint.class_names)
            return [str(file.path) for file in found], known
        data = self.load(folder, checkpoint.class_names)
        return list(data.test.images), data.test.labels

    def evaluate(self, classifier, sources, labels):
        """Compare the answers with the labels; report and skip unreadable files."""
        predictions, answered, images = [], [], []
        answers = batches.answers(classifier, sources, thumbnails=True)
        for source, label, answer in zip(sources, labels, answers, strict=True):
            if answer.error is not None:
                self.stderr.write(f"Skipped {one_line(source)}: {answer.error}")
                continue
            predictions.append(answer.prediction)
            answered.append(label)
            images.append(answer.thumbnail)
        return evaluation_of(classifier.class_names, predictions, answered, images)

    def load(self, folder, class_names):
        """Load IDX files with the classes of the checkpoint."""
        data = fashion_mnist.load(folder)
        if data.class_names != class_names:
            raise DatasetUnavailable(
                f"This checkpoint knows {', '.join(class_names)}, Fashion-MNIST shows"
                " others. Name a folder of pictures with --dataset."
            )
        return data


def text(figures):
    """Yield the lines of the report."""
    low, high = figures["accuracy_interval"]
    doubt, outside = figures["not_sure"], figures["no_class"]
    yield f"pictures           {figures['pictures']}"
    yield f"accuracy           {figures['accuracy']:.2%} (95 %: {low:.2%}-{high:.2%})"
    yield f"calibration error  {figures['calibration_error']:.2%} (15 bins)"
    low, high = doubt["accuracy_when_sure_interval"]
    yield (
        f"not sure           {doubt['share']:.2%};"
        f" of the sure answers {doubt['accuracy_when_sure']:.2%} are right"
        f" (95 %: {low:.2%}-{high:.2%}), {doubt['right_but_not_sure']} right ones were"
        " not sure"
    )
    if outside["pictures"]:
        yield (
            f"none of these      {outside['not_sure']:.2%} of {outside['pictures']}"
            " such pictures were not sure"
        )
    yield from _classes(figures["classes"])
    if len(figures["classes"]) <= reports.SHOWN_CLASSES:
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
