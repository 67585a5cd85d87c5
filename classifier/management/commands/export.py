"""`manage.py export`: the history as a table, as JSON or as a training folder."""

import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from classifier import durable_files, history
from classifier.exceptions import HistoryUnavailable
from classifier.operations import exports

from ..filter_arguments import add_filter_arguments, filters_of

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = "Write the uploads, newest first, to a file that appears only once complete."

    def add_arguments(self, parser):
        parser.add_argument("file", help="to write; - for standard output")
        parser.add_argument(
            "--format",
            choices=exports.FORMATS,
            help="default: by the file's suffix, else csv; zip is a folder of"
            " reviewed pictures per class, as train and evaluate --dataset read it",
        )
        add_filter_arguments(parser)

    def handle(self, *args, **options):
        file = options["file"]
        suffix = Path(file).suffix.removeprefix(".")
        format = options["format"] or (suffix if suffix in exports.FORMATS else "csv")
        number = 0

        def counted(uploads):
            nonlocal number
            for number, upload in enumerate(uploads, 1):  # noqa: B007  used below
                yield upload

        uploads = counted(history.everything(filters_of(options)))
        try:
            with opened(file) as target:
                for chunk in exports.FORMATS[format](uploads):
                    target.write(chunk.encode() if isinstance(chunk, str) else chunk)
        except HistoryUnavailable as error:
            raise CommandError(str(error)) from error
        if file != STANDARD_OUTPUT and options["verbosity"] > 0:
            self.stdout.write(f"{number} uploads written to {file}.")


@contextmanager
def opened(file):
    """Open a file that takes its place only once it is complete."""
    if file == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    path = Path(file)
    try:
        with durable_files.replacing(path) as target:
            yield target
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
