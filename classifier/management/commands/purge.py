"""`manage.py purge`: delete uploads that are older than the retention period."""

import argparse
import datetime
import re

from django.core.management.base import BaseCommand, CommandError

from classifier import history, uploads
from classifier.exceptions import ClockInDoubt, HistoryUnavailable
from classifier.operations import retention

AGE = re.compile(r"(\d+)d")


class Command(BaseCommand):
    help = (
        "Delete uploads by age, with all data about them: whole UTC days, each once"
        " its last moment is old enough. After an interruption, run it again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--older-than",
            type=age,
            required=True,
            metavar="DAYS",
            help="age in days, like 90d",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="list the days, and delete nothing"
        )

    def handle(self, *args, **options):
        try:
            last = retention.last_day(options["older_than"])
            days, uploads = self.purge(last, options)
        except (ClockInDoubt, HistoryUnavailable) as error:
            raise CommandError(str(error)) from error
        verb = "would go" if options["dry_run"] else "deleted"
        self.report(f"{days} days until {last}, {uploads} uploads {verb}.", options)

    def purge(self, last, options):
        total_days = total_uploads = 0
        for day, shards in history.days_between(datetime.date.min, last):
            if options["dry_run"]:
                number = history.count_day(day, shards)
            else:
                number = uploads.purge_day(day, shards)
            self.report(f"{day}: {number} uploads", options)
            total_days += 1
            total_uploads += number
        return total_days, total_uploads

    def report(self, line, options):
        if options["verbosity"] > 0:
            self.stdout.write(line)


def age(text):
    """Parse a number of days into a timedelta."""
    match = AGE.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"Expected days like 90d, got {text}.")
    return datetime.timedelta(days=int(match[1]))
