"""`manage.py embed`: compute the embeddings of older uploads, for similar pictures."""

from django.core.management.base import BaseCommand, CommandError

from classifier.exceptions import HistoryUnavailable, NetworkUnavailable
from classifier.operations import backfill


class Command(BaseCommand):
    help = (
        "Compute the served network's embedding of older photographs, newest day"
        " first. After an interruption, run it again: it goes on where it stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="print the number, and write nothing"
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
