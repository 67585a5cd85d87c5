import io
import os
import socket
import subprocess
import sys
import tempfile
import uuid
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import SimpleTestCase, TestCase, tag

from deewhy.cassandra import session as cassandra_session
from deewhy.cassandra.migrations import Migration, Schema
from deewhy.cassandra.routers import CASSANDRA

NEW = Migration("classifier", "9999_new", settings.BASE_DIR / "nowhere.cql")


COMMANDS_THAT_NEED_NO_CASSANDRA = """
import django
from django.core.management import call_command
django.setup()
call_command("check")
call_command("collectstatic", interactive=False, verbosity=0)
call_command("makemigrations", check_changes=True, dry_run=True)
"""


def run(*args, **environment):
    """Start Python in the project with settings from the environment."""
    return subprocess.Popen(
        [sys.executable, *args],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


@tag("cassandra")
class MigrateTests(TestCase):
    databases = {"default", "cassandra"}

    def call(self, **options):
        output = io.StringIO()
        call_command("migrate", stdout=output, **options)
        return output.getvalue()

    def test_has_nothing_to_do_the_second_time(self):
        output = self.call()

        self.assertIn("No migrations to apply.", output)
        self.assertNotIn("Cassandra", output)

    def test_plan_lists_both_databases(self):
        with mock.patch.object(Schema, "plan", return_value=[NEW]):
            output = self.call(plan=True)

        self.assertIn("No planned migration operations.", output)
        self.assertIn("Cassandra:\n  classifier.9999_new\n", output)

    def test_database_selects_one(self):
        output = self.call(plan=True, database="cassandra")

        self.assertEqual(output.count("Planned operations"), 1)

    def test_check_fails_where_one_is_not_applied(self):
        self.call(check_unapplied=True)
        with (
            mock.patch.object(Schema, "plan", return_value=[NEW]),
            self.assertRaises(SystemExit),
        ):
            self.call(check_unapplied=True)

    def test_names_of_one_app_migrate_the_relational_database(self):
        self.assertNotIn("Cassandra", self.call(app_label="auth", plan=True))


@tag("cassandra")
class ConcurrentMigrateTests(TestCase):
    databases = {"cassandra"}

    def test_two_replicas_from_nothing_at_once_both_succeed(self):
        keyspace = f"migrate_{uuid.uuid4().hex[:8]}"
        session = cassandra_session.session()
        self.addCleanup(
            session.execute, f"DROP KEYSPACE IF EXISTS {keyspace}", timeout=60
        )
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        port = connections[CASSANDRA].settings_dict["OPTIONS"]["connection"]["port"]
        environment = {
            "CASSANDRA_KEYSPACE": keyspace,
            "CASSANDRA_PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder.name}/db.sqlite3",
        }

        replicas = [run("manage.py", "migrate", **environment) for _ in range(2)]
        (first_code, first), (second_code, second) = map(finish, replicas)

        self.assertEqual((first_code, second_code), (0, 0), first + second)
        self.assertEqual((first + second).count("Applying classifier.0001_upload"), 1)
        self.assertEqual((first + second).count("Applying auth.0001_initial"), 1)


class WithoutCassandraTests(SimpleTestCase):
    def test_commands_that_need_none_work(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            closed_port = server.getsockname()[1]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)

        process = run(
            "-c",
            COMMANDS_THAT_NEED_NO_CASSANDRA,
            DJANGO_SETTINGS_MODULE="deewhy.settings",
            CASSANDRA_PORT=str(closed_port),
            DATABASE_URL=f"sqlite:///{folder.name}/db.sqlite3",
            STATIC_ROOT=f"{folder.name}/static",
        )
        code, output = finish(process)

        self.assertEqual(code, 0, output)

    def test_migrate_says_in_one_line_that_it_does_not_answer(self):
        with (
            mock.patch.object(
                cassandra_session,
                "connect",
                side_effect=cassandra_session.SchemaMissing("Refused."),
            ),
            self.assertRaisesMessage(CommandError, "were not migrated: Refused."),
        ):
            call_command("migrate", database="cassandra")
