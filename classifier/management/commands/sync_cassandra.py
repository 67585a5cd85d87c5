"""The engine's command, called for its test databases: the same as `migrate`.

The engine's own would create tables from the models, without indexes or records of the
migrations.
"""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from deewhy.cassandra.routers import CASSANDRA


class Command(BaseCommand):
    help = "Bring Cassandra up to date; the same as migrate --database cassandra."

    def add_arguments(self, parser):
        parser.add_argument("--database", default=CASSANDRA, choices=[CASSANDRA])

    def handle(self, *args, **options):
        call_command(
            "migrate", database=options["database"], verbosity=options["verbosity"]
        )
