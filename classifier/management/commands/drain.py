"""`manage.py drain`: write the spool to Cassandra now."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from classifier.exceptions import HistoryUnavailable
from classifier.spool.draining import AlreadyDraining, drain
from classifier.spool.models import WaitingUpload


class Command(BaseCommand):
    help = "Write the waiting records to Cassandra."

    def handle(self, *args, **options):
        self.verbosity = options["verbosity"]
        self.total = WaitingUpload.objects.count()
        try:
            written = drain(report=self.report, is_by_hand=True)
        except AlreadyDraining as error:
            raise CommandError(
                _(
                    "Another process is writing to Cassandra, %(count)d records "
                    "wait. Look again."
                )
                % self.waiting()
            ) from error
        except HistoryUnavailable as error:
            raise CommandError(
                _(
                    "Cassandra does not answer. Records waiting: %(count)d; none "
                    "is lost."
                )
                % self.waiting()
            ) from error
        self.say(
            _("Records written: %(written)d, waiting: %(count)d.")
            % {"written": written, **self.waiting()}
        )

        self.check_rejected()

    def check_rejected(self):
        """Print each record that Cassandra rejects, and fail if there are any."""
        rejected = WaitingUpload.objects.rejected()
        if reasons := [f"{waiting}: {waiting.rejection}" for waiting in rejected]:
            raise CommandError(
                _("Cassandra rejects %(count)d records, which are kept. Fix the cause:")
                % {"count": len(reasons)}
                + "\n"
                + "\n".join(reasons)
            )

    def report(self, written):
        self.say(
            _("%(written)d of %(total)d") % {"written": written, "total": self.total}
        )

    def waiting(self):
        return {"count": WaitingUpload.objects.count()}

    def say(self, line):
        if self.verbosity > 0:
            self.stdout.write(line)
