"""`manage.py history`: the uploads on a terminal, newest first."""

from itertools import islice

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classifier import history
from classifier.exceptions import HistoryUnavailable
from classifier.operations import exports

from ..filter_arguments import add_filter_arguments, filters_of

LINE = "{time:%Y-%m-%d %H:%M:%S}  {id}  {class_name:<14} {probability:6.1%}  {rest}"


class Command(BaseCommand):
    help = "List the uploads, newest first, with the filters of the admin."

    def add_arguments(self, parser):
        parser.add_argument(
            "--limit", type=int, default=20, help="the most to list (%(default)s)"
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line"
        )
        add_filter_arguments(parser)

    def handle(self, *args, **options):
        found = islice(history.everything(filters_of(options)), options["limit"])
        try:
            if options["json"]:
                for line in exports.json_lines(found):
                    self.stdout.write(line, ending="")
            else:
                for upload in found:
                    self.stdout.write(describe(upload))
        except HistoryUnavailable as error:
            raise CommandError(str(error)) from error


def describe(upload):
    """Return one line about an upload, with its time in the site's time zone."""
    notes = [] if upload.is_sure else ["not sure"]
    if upload.is_corrected:
        notes.append(f"corrected to {upload.corrected_class_name}")
    return LINE.format(
        time=timezone.localtime(upload.created_at),
        id=upload.id,
        class_name=upload.class_name,
        probability=upload.probability,
        rest="; ".join([upload.file_name or "", *notes]),
    )
