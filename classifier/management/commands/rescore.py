"""`manage.py rescore`: past uploads through another network, from their embeddings."""

from django.core.management.base import BaseCommand, CommandError

from classifier import prediction
from classifier.exceptions import HistoryUnavailable, NetworkUnavailable
from classifier.learning import rescoring
from classifier.networks import checkpoints

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Answer past uploads by another network, from their embeddings, newest day"
        " first. Each record keeps the answer it was given, and has this one beside it."
        " After an interruption, run it again: it goes on where it stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--network", metavar="VERSION", help="default: the served")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="tell what would change, write nothing",
        )

    def handle(self, *, network, dry_run, verbosity, **options):
        totals, shown = rescoring.Totals(), 0
        try:
            version = network or checkpoints.served_version()
            classifier = prediction.load(checkpoints.open_checkpoint(version))
            for upload, answer in rescoring.rescore_all(
                classifier, totals, is_dry=dry_run
            ):
                shown += 1
                if verbosity > 1 or (verbosity and shown <= SHOWN):
                    self.stdout.write(
                        f"{upload.id}  {upload.class_name} {upload.probability:.1%} ->"
                        f" {answer.class_name} {answer.probability:.1%}"
                    )
        except (HistoryUnavailable, NetworkUnavailable) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Run it again to go on.") from error
        if verbosity:
            self.summarize(totals, version, dry_run)

    def summarize(self, totals, version, is_dry):
        if totals.changed > SHOWN:
            self.stdout.write("…")
        for (old, new), count in totals.changes.most_common():
            self.stdout.write(f"{count:>8}  {old} -> {new}")
        verb = "would have" if is_dry else "have"
        self.stdout.write(
            f"{totals.same + totals.changed} uploads {verb} the answer of {version}"
            f" beside their own, {totals.changed} of them another class;"
            f" {totals.present} had it, {totals.lacking} have no embedding of it"
            " (manage.py embed)."
        )
