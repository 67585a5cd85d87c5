"""`manage.py evaluate`: how good a checkpoint is on pictures with known classes."""

import json
from itertools import chain
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from ... import dataset, picture_folders, registry, reports
from ...augmentation import compose_pictures, draw_pictures
from ...evaluation import NO_CLASS, evaluate
from ...exceptions import DatasetUnavailable, NetworkUnavailable, UnreadablePicture
from ...file_names import one_line
from ...pictures import open_picture
from ...prediction import Classifier
from ...validation import split_for_photographs, split_validation


class Command(BaseCommand):
    """Arguments and text; `evaluation` has the figures."""

    help = (
        "Measure a checkpoint on pictures with known classes: accuracy, calibration and"
        " what its doubts are worth."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--checkpoint", metavar="VERSION", help="default: the served one"
        )
        parser.add_argument(
            "--dataset",
            metavar="DIR",
            help="folder with a sub-folder for each class, and perhaps one named none"
            " for pictures of no class, or with IDX files; default: Fashion-MNIST"
            " test pictures, Debian's or else Keras's download",
        )
        parser.add_argument(
            "--composed",
            action="store_true",
            help="instead of test pictures, photographs composed of validation ones and"
            " drawings of no class: what scales the probabilities of photographs",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--html", metavar="FILE", type=Path, help="write a page with plots as well"
        )

    def handle(self, *args, **options):
        version, folder = options["checkpoint"], options["dataset"]
        try:
            checkpoint = (
                registry.open_checkpoint(version) if version else registry.served()
            )
            measured = self.composed if options["composed"] else self.examples
            pictures, labels = measured(folder, checkpoint)
            evaluation = evaluate(Classifier(checkpoint), pictures, labels)
        except (NetworkUnavailable, DatasetUnavailable) as error:
            raise CommandError(error) from error
        name = Path(folder).name if folder else "Fashion-MNIST's test split"
        if options["composed"]:
            name = "photographs composed of validation pictures"
        title = f"Checkpoint {checkpoint.version} on {name}"
        if options["html"]:
            page = reports.render(evaluation, title, checkpoint.card)
            options["html"].write_text(page, encoding="utf-8")
        if options["json"]:
            figures = {"checkpoint": checkpoint.version, **evaluation.as_dict()}
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write("\n".join([title, "", *text(evaluation.as_dict())]))

    def examples(self, folder, checkpoint):
        """Read pictures with their labels, from class folders or from IDX files."""
        if folder and picture_folders.is_one(folder):
            names = checkpoint.class_names
            return self.read(picture_folders.labelled_files(folder, names))
        data = self.load(folder, checkpoint.class_names)
        return map(Image.fromarray, data.test.images), data.test.labels

    def composed(self, folder, checkpoint):
        """Compose and draw what the scale for photographs was found on, anew."""
        if folder and picture_folders.is_one(folder):
            raise DatasetUnavailable(
                "--composed makes photographs of the data set's images; a folder of"
                " pictures is measured without it."
            )
        data = self.load(folder, checkpoint.class_names)
        seed = checkpoint.card["training"]["seed"]
        _, validation = split_validation(data.train, seed)
        to_compose, to_draw = split_for_photographs(validation)
        pictures = chain(
            compose_pictures(to_compose, data.class_names, seed),
            draw_pictures(to_draw, seed),
        )
        labels = [*to_compose.labels, *[NO_CLASS] * len(to_draw)]
        return map(Image.fromarray, pictures), labels

    def load(self, folder, class_names):
        """Load IDX files of the classes that the checkpoint knows."""
        data = dataset.load(folder)
        if data.class_names != class_names:
            raise DatasetUnavailable(
                f"This checkpoint knows {', '.join(class_names)}, Fashion-MNIST shows"
                " others. Name a folder of pictures with --dataset."
            )
        return data

    def read(self, labelled_files):
        """Open the files that can be read, and list the others."""
        pictures, labels = [], []
        for path, label in labelled_files:
            try:
                pictures.append(open_picture(path))
            except (UnreadablePicture, OSError) as error:
                self.stderr.write(f"Skipped {one_line(str(path))}: {error}")
            else:
                labels.append(NO_CLASS if label is None else label)
        if all(label == NO_CLASS for label in labels):
            raise DatasetUnavailable("None of the files is a picture of a known class.")
        return pictures, labels


def text(figures):
    """Yield the lines of the report."""
    low, high = figures["accuracy_interval"]
    doubt, outside = figures["not_sure"], figures["no_class"]
    yield f"pictures           {figures['pictures']}"
    yield f"accuracy           {figures['accuracy']:.2%} (95 %: {low:.2%}-{high:.2%})"
    yield f"calibration error  {figures['calibration_error']:.2%} (15 bins)"
    yield (
        f"not sure           {doubt['share']:.2%};"
        f" of the sure answers {doubt['accuracy_when_sure']:.2%} are right,"
        f" {doubt['right_but_not_sure']} right ones were doubted"
    )
    if outside["pictures"]:
        yield (
            f"no class           {outside['not_sure']:.2%} of {outside['pictures']}"
            " pictures were doubted"
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
