import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cassandra.cluster import Cluster
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings, tag

from deewhy.cassandra_node import local_cluster
from deewhy.tests.nodes import free_port, happens_within

OWNER = """
import django
django.setup()
from deewhy.cassandra_node import local_cluster
from deewhy.cassandra_node.warden import hold
leash = hold(local_cluster())
print("ready", flush=True)
input()
"""
GRACE_S = 20  # draining takes two or three, on a busy machine more
TABLE = "CREATE TABLE kept.word (word text PRIMARY KEY)"
KEYSPACE = """
CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy',
'replication_factor': 1}"""


@tag("cassandra", "slow")
class CommandTests(SimpleTestCase):
    """One node, in a folder and on ports of its own, through what may befall it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(tempfile.mkdtemp(prefix="a folder with spaces "))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "cassandra").mkdir()
        jars = settings.VAR_DIR / "cassandra" / "jars"
        jars.mkdir(parents=True, exist_ok=True)
        (folder / "cassandra" / "jars").symlink_to(jars.resolve())
        cls.enterClassContext(
            override_settings(VAR_DIR=folder, CASSANDRA_PORT=free_port())
        )
        cls.addClassCleanup(lambda: local_cluster().stop())

    def call(self, *arguments):
        out = io.StringIO()
        call_command("cassandra", *arguments, stdout=out)
        return out.getvalue()

    def node_process(self):
        return local_cluster().nodes[0].process()

    def kill_node(self):
        process = self.node_process()
        process.kill()
        process.wait()

    def own_node(self):
        """Start a process that holds the node."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "deewhy.settings",
            "VAR_DIR": str(settings.VAR_DIR),
            "CASSANDRA_PORT": str(settings.CASSANDRA_PORT),
        }
        owner = subprocess.Popen(
            [sys.executable, "-c", OWNER],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(owner.communicate)
        self.addCleanup(owner.kill)
        self.assertEqual(owner.stdout.readline(), "ready\n")
        return owner

    def execute(self, *statements):
        with Cluster(["127.0.0.1"], settings.CASSANDRA_PORT) as cluster:
            session = cluster.connect()
            return [session.execute(cql, timeout=30) for cql in statements][-1]

    def test_an_acknowledged_write_survives_a_node_that_is_killed(self):
        self.call("start")
        self.execute(KEYSPACE, TABLE, "INSERT INTO kept.word (word) VALUES ('here')")
        self.kill_node()
        with self.assertRaises(SystemExit):
            self.call("status")

        self.call("start")

        self.assertEqual(
            [row.word for row in self.execute("SELECT word FROM kept.word")], ["here"]
        )
        pid = self.node_process().pid
        self.assertIn(f"process {pid}", self.call("status"))
        self.call("start")  # it runs already
        self.assertEqual(self.node_process().pid, pid)
        self.call("stop")
        self.assertIsNone(self.node_process())

    def test_a_node_goes_with_its_owner_even_when_that_is_killed(self):
        owner = self.own_node()
        self.assertIsNotNone(self.node_process())
        with self.assertRaisesMessage(CommandError, f"Process {owner.pid} uses"):
            self.call("start")

        owner.kill()
        owner.wait()

        self.assertIs(
            happens_within(GRACE_S, lambda: self.node_process() is None), True
        )

    def test_refuses_a_number_of_nodes_that_it_cannot_start(self):
        with self.assertRaisesMessage(CommandError, "invalid choice: 4"):
            self.call("start", "--nodes", "4")
