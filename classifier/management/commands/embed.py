"""`manage.py embed`: give uploads of before the embedding that similar ones need."""

from django.core.management.base import BaseCommand, CommandError

from classifier.exceptions import HistoryUnavailable, NetworkUnavailable
from classifier.operations import backfill


class Command(BaseCommand):
    help = (
        "Embed the kept photographs that lack the served network's embedding, newest"
        " day first. Cut short, run it again: it goes on where it was."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many, and write nothing"
        )

    def handle(self, *args, **options):
        totals = backfill.Totals()
        try:
            for upload, reason in backfill.embed_all(totals, is_dry=options["dry_run"]):
                self.stderr.write(f"{upload.id} {upload.stored_name}: {reason}")
        except (HistoryUnavailable, NetworkUnavailable) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError(
                f"Stopped after {totals.embedded} photographs. Run it again to go on."
            ) from error
        if options["verbosity"] > 0:
            verb = "would be embedded" if options["dry_run"] else "embedded"
            self.stdout.write(
                f"{totals.embedded} photographs {verb}, {totals.present} have the"
                f" embedding, {totals.unreadable} cannot be read."
            )
