"""`manage.py recount`: reconcile the counters and look-ups with the uploads."""

import datetime

from django.core.management.base import BaseCommand, CommandError

from classifier import history
from classifier.exceptions import HistoryUnavailable


class Command(BaseCommand):
    help = (
        "Count the uploads of each day anew, for the dashboard, and write the entries"
        " that searches by file name and SHA-256 need. Safe at any time."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--since",
            type=datetime.date.fromisoformat,
            default=datetime.date.min,
            metavar="DAY",
            help="first UTC day to count, like 2026-11-23 (default: the first of all)",
        )

    def handle(self, *args, **options):
        total = 0
        try:
            for day, shards in history.days_between(
                options["since"], datetime.date.max
            ):
                uploads = history.rebuild_day(day, shards)
                total += uploads
                if options["verbosity"] > 1:
                    self.stdout.write(f"{day}: {uploads} uploads")
        except HistoryUnavailable as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self.stdout.write(f"{total} uploads counted.")
