"""`manage.py serve`: prepare all that the service needs, then start it."""

import errno
import os
import secrets
import sys
import time
from dataclasses import replace

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError

from deewhy.cassandra import late_migration
from deewhy.cassandra.routers import CASSANDRA
from deewhy.private_files import keep_private

RETRY_EVERY_S = 2


class Command(BaseCommand):
    """Prepares, then becomes gunicorn, which holds the lifeline until it ends."""

    help = (
        "Start a Cassandra where CASSANDRA_HOSTS names none, migrate both databases,"
        " make an administrator when there is none, and serve until Ctrl-C."
    )
    # `prepare` runs them before the server; a start without a network is no failure.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--stop-with-parent",
            action="store_true",
            help="Stop with the parent process, even if that is killed.",
        )

    def handle(self, *, stop_with_parent, **options):
        if stop_with_parent:
            os.environ["STOP_WITH"] = str(os.getppid())
        keep_private(settings)
        check_binding(settings.BINDING)
        try:
            lifeline = None
            if settings.CASSANDRA_HOSTS:
                self.prepare()
            else:
                lifeline = self.start_node()
            self.migrate_cassandra()
        except KeyboardInterrupt:
            sys.exit(130)  # the shell's status for SIGINT; the supervisor cleans up
        become_gunicorn(lifeline)

    def start_node(self):
        # Not installed where CASSANDRA_HOSTS names a cluster.
        from deewhy.cassandra_node import NodeError, local_cluster
        from deewhy.cassandra_node.supervisor import hold

        try:
            cluster = local_cluster(say=self.stdout.write)
            return hold(cluster, meanwhile=self.prepare, restarts_nodes=True)
        except NodeError as error:
            raise CommandError(error) from error

    def prepare(self):
        """Do all preparations that need no Cassandra."""
        self.migrate_default()
        self.make_administrator()
        collect_static_files()

    def migrate_default(self):
        """Migrate the default database as soon as it answers."""
        is_reported = False
        while True:
            try:
                return call_command("migrate", database=DEFAULT_DB_ALIAS, verbosity=0)
            except (CommandError, OperationalError) as error:
                if not is_reported:
                    self.stderr.write(f"Waiting for the default database. {error}")
                    is_reported = True
            time.sleep(RETRY_EVERY_S)

    def migrate_cassandra(self):
        """Migrate Cassandra, at once or, while it is away, from the server."""
        try:
            call_command("migrate", database=CASSANDRA, verbosity=0)
        except CommandError as error:
            self.stderr.write(f"{error} Until it does, uploads wait in the spool.")
            late_migration.ask_for()

    def make_administrator(self):
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        name = os.environ.get("ADMIN_USERNAME") or "admin"
        given = os.environ.get("ADMIN_PASSWORD")
        password = given or secrets.token_urlsafe(12)
        try:
            users.create_superuser(name, password=password)
        except IntegrityError:
            return  # another replica was first
        if not given:
            self.stdout.write(
                f"Administrator: {name}, password: {password} (said only this once)"
            )


def check_binding(binding):
    """Raise CommandError if the server cannot listen, with the cure."""
    try:
        binding.probe()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise CommandError(
                f"Cannot listen on {binding}: {error.strerror}."
            ) from error
        other = replace(binding, port=binding.port + 1)
        raise CommandError(
            f"Port {binding.port} is taken by another program. Stop it, or choose"
            f" another port by BIND={other}."
        ) from error


def collect_static_files():
    """Collect static files where possible; the image has collected them already."""
    folder = settings.STATIC_ROOT
    if os.access(folder if folder.exists() else folder.parent, os.W_OK):
        call_command("collectstatic", interactive=False, verbosity=0)


def become_gunicorn(lifeline):
    """Replace this process, so that signals reach the server directly."""
    if lifeline:
        os.set_inheritable(lifeline.file, True)
        os.environ["LIFELINE_FILE"] = str(lifeline.file)
        os.environ["SUPERVISOR_PID"] = str(lifeline.supervisor.pid)
        if lifeline.is_owner:
            os.environ["STOP_NODES_AT_EXIT"] = "yes"
    # Its other threads would spin for milliseconds after each product of numpy's.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.stdout.flush()
    os.chdir(settings.BASE_DIR)
    command = [sys.executable, "-m", "gunicorn", "deewhy.wsgi"]
    os.execv(command[0], [*command, "--config", "python:deewhy.server.gunicorn_conf"])
