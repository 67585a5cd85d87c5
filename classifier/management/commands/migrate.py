"""`manage.py migrate` for both databases, safe in two replicas at once."""

import sys

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from classifier.operations import retention
from deewhy.cassandra import session
from deewhy.cassandra.migration_lock import migration_lock
from deewhy.cassandra.migrations import Schema, SchemaLocked
from deewhy.cassandra.routers import CASSANDRA


class Command(MigrateCommand):
    help = "Bring the relational database and Cassandra up to date."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database=None)
        for action in parser._actions:
            if action.dest == "database":
                action.help = "The only database to migrate. Default: each of them."

    def get_check_kwargs(self, options):
        database = options["database"] or DEFAULT_DB_ALIAS
        return super().get_check_kwargs({**options, "database": database})

    def handle(self, *args, **options):
        self.verbosity = options["verbosity"]
        if options["database"]:
            databases = [options["database"]]
        elif options["app_label"]:
            databases = [DEFAULT_DB_ALIAS]  # names a migration of Django's
        else:
            databases = list(connections)
        for database in databases:
            if database == CASSANDRA:
                self.migrate_cassandra(options)
            else:
                with migration_lock(connections[database]):
                    super().handle(*args, **{**options, "database": database})

    def migrate_cassandra(self, options):
        try:
            schema = self.schema()
            if options["plan"] or options["check_unapplied"]:
                self.show_plan(schema, options)
            else:
                schema.migrate(report=self.report)
                schema.set_time_to_live(retention.TABLES, retention.time_to_live_s())
        except session.UNAVAILABLE as error:
            raise CommandError(
                _("Cassandra does not answer, so its tables were not migrated: %s")
                % session.describe(error)
            ) from error
        except SchemaLocked as error:
            raise CommandError(str(error)) from error

    def schema(self):
        config = connections[CASSANDRA].settings_dict
        return Schema(
            session.connect(),
            config["NAME"],
            config["OPTIONS"]["replication"],
        )

    def show_plan(self, schema, options):
        plan = schema.plan()
        if options["plan"]:
            self.stdout.write(_("Planned operations in Cassandra:"))
            for migration in plan:
                self.stdout.write(f"  {migration}")
            if not plan:
                self.stdout.write(_("  No planned migration operations."))
        if plan and options["check_unapplied"]:
            sys.exit(1)

    def report(self, migration):
        if self.verbosity > 0:
            self.stdout.write(_("  Applying %s to Cassandra") % migration)
