"""`manage.py predict`: the class of each picture, by the code path of the site."""

import csv
import itertools
import json
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from django.core.management.base import BaseCommand, CommandError

from classifier import prediction
from classifier.exceptions import NetworkUnavailable, UnreadablePicture
from classifier.pictures import is_cut_short, open_picture
from classifier.pictures.file_names import one_line
from classifier.training import folders

logger = logging.getLogger(__name__)

STANDARD_INPUT = "-"
BATCH_SIZE = 64


class Command(BaseCommand):
    """Arguments and output; `classify_paths()` and the classifier do the work."""

    help = (
        "Print the class and the probability of pictures. A file that cannot be read is"
        " reported and left out, and the exit status is 1 in the end."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="a picture, a folder of pictures, or - for one on standard input",
        )
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON object a line")
        form.add_argument("--csv", action="store_true", help="a table for spreadsheets")

    def handle(self, *args, **options):
        try:
            classifier = prediction.served()
        except NetworkUnavailable as error:
            raise CommandError(error) from error
        results = self.counted(classify_paths(classifier, options["paths"]))
        if options["json"]:
            self.write_json(results)
        elif options["csv"]:
            self.write_csv(results, classifier.class_names)
        else:
            self.write_text(results)
        if self.failures:
            sys.exit(1)

    def counted(self, results):
        """Yield results, count the failures, and flush each line at once."""
        self.failures = 0
        for path, answer in results:
            self.failures += isinstance(answer, UnreadablePicture)
            yield path, answer
            self.stdout.flush()

    def write_json(self, results):
        for path, answer in results:
            if isinstance(answer, UnreadablePicture):
                line = {"path": path, "error": str(answer)}
            else:
                line = {"path": path, **as_dict(*answer)}
            self.stdout.write(json.dumps(line))

    def write_csv(self, results, class_names):
        columns = ["path", "class_name", "probability", "sure", "cut_short"]
        columns += ["error", *class_names]
        table = csv.DictWriter(self.stdout, columns, lineterminator="\n")
        table.writeheader()
        for path, answer in results:
            if isinstance(answer, UnreadablePicture):
                table.writerow({"path": one_line(path), "error": str(answer)})
            else:
                row = as_dict(*answer)
                probabilities = row.pop("probabilities")
                table.writerow({"path": one_line(path), **row, **probabilities})

    def write_text(self, results):
        for path, answer in results:
            if isinstance(answer, UnreadablePicture):
                self.stderr.write(f"{one_line(path)}: {answer}")
                continue
            answer, was_cut_short = answer
            doubt = "" if answer.is_sure else "  not sure"
            doubt += "  cut short" if was_cut_short else ""
            self.stdout.write(
                f"{answer.class_name:<12} {answer.probability:6.1%}  "
                f"{one_line(path)}{doubt}"
            )


def classify_paths(classifier, paths):
    """Yield each file's path with its Prediction or UnreadablePicture, in order."""

    def answer(path):
        if os.path.isdir(path):
            return UnreadablePicture("There are no files in this folder.")
        try:
            source = (
                BytesIO(sys.stdin.buffer.read()) if path == STANDARD_INPUT else path
            )
            picture = open_picture(source)
            return classifier.classify(picture), is_cut_short(picture)
        except UnreadablePicture as error:
            return error
        except OSError as error:
            return UnreadablePicture(f"The file cannot be opened: {error.strerror}.")
        except Exception:  # one file must not end a batch
            logger.exception("%s could not be read.", one_line(path))
            return UnreadablePicture("The file could not be read.")

    # Pillow decodes without holding the GIL, so threads use every core.
    with ThreadPoolExecutor() as pool:
        remaining = files(paths)
        while chunk := list(itertools.islice(remaining, BATCH_SIZE)):
            yield from zip(chunk, pool.map(answer, chunk), strict=True)


def files(paths):
    """Yield the named files, and those in the named folders, without hidden ones.

    An empty folder is yielded itself, so that it is reported.
    """
    for path in paths:
        if os.path.isdir(path):
            found = folders.files(path)
            yield from map(str, found or [path])
        else:
            yield path


def as_dict(answer, was_cut_short):
    """Return a prediction in the machine-readable form."""
    return {
        "class_name": answer.class_name,
        "probability": answer.probability,
        "probabilities": dict(
            zip(answer.class_names, answer.probabilities, strict=True)
        ),
        "sure": answer.is_sure,
        "cut_short": was_cut_short,
    }
