"""`manage.py flush` with a question before it also empties Cassandra."""

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as FlushCommand

from classifier.history import days
from deewhy.cassandra import migrations, session
from deewhy.cassandra.routers import CASSANDRA


class Command(FlushCommand):
    def handle(self, **options):
        if options["database"] != CASSANDRA:
            return super().handle(**options)
        keyspace = session.keyspace()
        if options["interactive"] and not self.is_sure(keyspace):
            raise CommandError("Nothing was deleted.")
        migrations.empty(session.session(), keyspace)
        days.forget()

    def is_sure(self, keyspace):
        answer = input(
            f"This deletes every upload in the keyspace {keyspace}.\n"
            "Type 'yes' to go on, or 'no' to cancel: "
        )
        return answer == "yes"
