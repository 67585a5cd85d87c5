"""`manage.py predict`: the class of each picture, by the code path of the site."""

import csv
import itertools
import json
import os
import sys
from io import BytesIO

from django.core.management.base import BaseCommand, CommandError

from classifier import prediction
from classifier.exceptions import NetworkUnavailable
from classifier.management import batches
from classifier.pictures.file_names import one_line
from classifier.training import folders

STANDARD_INPUT = "-"


class Command(BaseCommand):
    """Arguments and output; `batches` does the work."""

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
            self.failures += answer.error is not None
            yield path, answer
            self.stdout.flush()

    def write_json(self, results):
        for path, answer in results:
            if answer.error is not None:
                line = {"path": path, "error": answer.error}
            else:
                line = {"path": path, **as_dict(answer)}
            self.stdout.write(json.dumps(line))

    def write_csv(self, results, class_names):
        columns = ["path", "class_name", "probability", "sure", "cut_short"]
        columns += ["error", *class_names]
        table = csv.DictWriter(self.stdout, columns, lineterminator="\n")
        table.writeheader()
        for path, answer in results:
            if answer.error is not None:
                table.writerow({"path": one_line(path), "error": answer.error})
            else:
                row = as_dict(answer)
                probabilities = row.pop("probabilities")
                table.writerow({"path": one_line(path), **row, **probabilities})

    def write_text(self, results):
        for path, answer in results:
            if answer.error is not None:
                self.stderr.write(f"{one_line(path)}: {answer.error}")
                continue
            found = answer.prediction
            doubt = "" if found.is_sure else "  not sure"
            doubt += "  cut short" if answer.was_cut_short else ""
            self.stdout.write(
                f"{found.class_name:<12} {found.probability:6.1%}  "
                f"{one_line(path)}{doubt}"
            )


def classify_paths(classifier, paths):
    """Yield each file's path with its Answer, in order."""
    named, read = itertools.tee(files(paths))
    sources = (
        BytesIO(sys.stdin.buffer.read()) if path == STANDARD_INPUT else path
        for path in read
    )
    return zip(named, batches.answers(classifier, sources), strict=True)


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


def as_dict(answer):
    """Return an answer in the machine-readable form."""
    found = answer.prediction
    return {
        "class_name": found.class_name,
        "probability": found.probability,
        "probabilities": dict(zip(found.class_names, found.probabilities, strict=True)),
        "sure": found.is_sure,
        "cut_short": answer.was_cut_short,
    }
