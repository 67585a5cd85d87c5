import io
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import suppress
from pathlib import Path
from unittest import mock

import requests
from django.conf import settings
from django.test import (
    SimpleTestCase,
    TestCase,
    TransactionTestCase,
    override_settings,
    tag,
)

from classifier.management.commands.serve import Command
from deewhy.cassandra import session
from deewhy.cassandra_node import NodeError, local_cluster

from ..fixtures.nodes import free_port, happens_within, make_var_dir
from ..fixtures.proxy import Proxy

PARENT = "import subprocess, sys; subprocess.run(sys.argv[1:])"
STOP_S = 30


def kill_session(leader):
    """End the leftovers of a test, with everything that it started."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def is_free(port):
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


class ServeTestCase(SimpleTestCase):
    """Runs `manage.py serve` as a person does, without a network to load."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.port = free_port()
        self.log = (self.folder / "log").open("w+")
        self.addCleanup(self.log.close)

    def serve(self, *arguments, through=(), **environment):
        process = subprocess.Popen(
            [*through, sys.executable, "manage.py", "serve", *arguments],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "BIND": f"127.0.0.1:{self.port}",
                "CASSANDRA_HOSTS": "127.0.0.1",
                "CASSANDRA_KEYSPACE": f"{session.keyspace()}_served",
                "CHECKPOINTS_DIR": str(self.folder),
                "MEDIA_ROOT": str(self.folder / "media"),
                "STATIC_ROOT": str(self.folder / "static"),
                "VAR_DIR": str(self.folder),
                "WEB_CONCURRENCY": "1",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(kill_session, process.pid)
        return process

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text()

    def is_serving(self):
        return f"Serving http://localhost:{self.port}" in self.said()

    def start(self, *arguments, **options):
        process = self.serve(*arguments, **options)
        ready = happens_within(180, lambda: self.is_serving() or process.poll())
        self.assertIs(ready and self.is_serving(), True, self.said())
        return process


@tag("cassandra", "slow")
class ServeTests(ServeTestCase, TransactionTestCase):
    """On the Cassandra of the tests, as if it were somewhere else."""

    databases = {"cassandra"}

    def test_serves_until_ctrl_c_and_ends_with_success(self):
        process = self.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
            self.assertEqual(answer.status, 200)

        os.killpg(process.pid, signal.SIGINT)  # as a terminal does

        self.assertEqual(process.wait(STOP_S), 0)

    def test_stops_when_the_process_that_started_it_is_killed(self):
        parent = self.start(
            "--stop-with-parent", through=[sys.executable, "-c", PARENT]
        )

        parent.kill()

        self.assertIs(happens_within(STOP_S, lambda: is_free(self.port)), True)

    def test_serves_while_the_cluster_is_away_and_migrates_it_later(self):
        proxy = Proxy(settings.CASSANDRA_PORT)
        self.addCleanup(proxy.close)
        proxy.cut()
        self.start(
            CASSANDRA_PORT=str(proxy.port),
            CASSANDRA_KEYSPACE=f"{session.keyspace()}_late",
        )
        self.assertIn("uploads wait in the spool", self.said())
        self.assertEqual(self.cassandra(), "unavailable")

        proxy.mend()

        self.assertTrue(happens_within(60, lambda: self.cassandra() == "ok"))

    def cassandra(self):
        """Return the service's report about Cassandra."""
        return requests.get(f"http://127.0.0.1:{self.port}/readyz").json()["cassandra"]

    def test_says_which_port_is_taken_and_how_to_choose_another(self):
        with socket.create_server(("127.0.0.1", self.port)):
            process = self.serve()
            self.assertEqual(process.wait(60), 1)

        [line] = self.said().splitlines()
        self.assertIn(f"Port {self.port} is taken", line)
        self.assertIn("BIND=", line)

    def test_hides_its_files_from_other_users(self):
        database = self.folder / "deewhy.sqlite3"
        database.touch()
        kept = {database: 0o600, self.folder: 0o700, self.folder / "media": 0o700}
        (self.folder / "media").mkdir()
        for path in kept:
            path.chmod(0o755)

        with socket.create_server(("127.0.0.1", self.port)):  # it ends after that
            self.serve().wait(60)

        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in kept}
        self.assertEqual(modes, kept)


@tag("cassandra", "slow")
class NodeOfServeTests(ServeTestCase):
    """With a Cassandra of its own beside it."""

    def setUp(self):
        super().setUp()
        self.var_dir = make_var_dir(self.addCleanup)
        self.node_port = free_port()
        self.enterContext(
            override_settings(VAR_DIR=self.var_dir, CASSANDRA_PORT=self.node_port)
        )
        self.addCleanup(lambda: local_cluster().stop())

    def start(self):
        return super().start(
            CASSANDRA_HOSTS="",
            CASSANDRA_PORT=str(self.node_port),
            VAR_DIR=str(self.var_dir),
        )

    def node_runs(self):
        return local_cluster().is_running()

    def test_stops_the_node_when_it_is_told_to_stop(self):
        process = self.start()
        self.assertIs(self.node_runs(), True)

        process.terminate()

        self.assertEqual(process.wait(STOP_S), 0, self.said())
        self.assertIs(self.node_runs(), False)
        self.assertIn("Stopping Cassandra", self.said())

    def test_the_node_goes_with_it_even_when_it_is_killed(self):
        process = self.start()
        with self.assertRaisesMessage(NodeError, f"Process {process.pid} uses"):
            local_cluster().start()

        process.kill()
        process.wait()

        self.assertIs(happens_within(STOP_S, lambda: not self.node_runs()), True)


class AdministratorTests(TestCase):
    def make_administrator(self, **environment):
        out = io.StringIO()
        with mock.patch.dict(os.environ, environment):
            Command(stdout=out).make_administrator()
        return out.getvalue()

    def sign_in(self, name, password):
        form = {"username": name, "password": password}
        return self.client.post("/admin/login/", form).status_code == 302

    def test_prints_the_password_of_the_first_administrator_once(self):
        said = self.make_administrator()

        found = re.match(r"Administrator: (\w+), password: (\S+)", said)
        name, password = found.groups()
        self.assertIs(self.sign_in(name, password), True)
        self.assertEqual(self.make_administrator(), "")

    @override_settings(ADMIN_TWO_FACTOR=True)
    def test_leads_the_first_administrator_to_the_second_step(self):
        self.make_administrator(ADMIN_USERNAME="ada", ADMIN_PASSWORD="lovelace")

        response = self.client.post(
            "/admin/login/", {"username": "ada", "password": "lovelace"}, follow=True
        )

        self.assertContains(response, "Set up two-step sign-in")

    def test_takes_the_name_and_password_that_are_given(self):
        said = self.make_administrator(ADMIN_USERNAME="ada", ADMIN_PASSWORD="lovelace")

        self.assertIs(self.sign_in("ada", "lovelace"), True)
        self.assertEqual(said, "")
