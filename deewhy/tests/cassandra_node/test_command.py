import io
import os
import shutil
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from cassandra.cluster import NoHostAvailable
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings, tag

from deewhy.cassandra.node_password import LOCAL_ROLE
from deewhy.cassandra_node import jars, local_cluster
from deewhy.cassandra_node.access import signed_in
from deewhy.cassandra_node.node import TEMPLATES

from ..fixtures.nodes import free_port, make_var_dir

HEAP_MB = 512
SECRET = "known to the service alone"
TIMEOUT_S = 30  # a node that has just started is slow on a busy machine
TABLE = "CREATE TABLE kept.word (word text PRIMARY KEY)"
KEYSPACE = """
CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy',
'replication_factor': 1}"""


@tag("cassandra", "slow")
class CommandTests(SimpleTestCase):
    """One node for all of these, in a folder and on ports of its own.

    It is started when a test needs it and then goes on: a start takes long.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        var_dir = make_var_dir(cls.addClassCleanup)
        cls.enterClassContext(
            override_settings(VAR_DIR=var_dir, CASSANDRA_PORT=free_port())
        )
        cls.enterClassContext(mock.patch.dict(os.environ, SECRET_KEY=SECRET))
        cls.addClassCleanup(lambda: local_cluster().stop())

    def call(self, *arguments):
        out = io.StringIO()
        call_command("cassandra", *arguments, stdout=out)
        return out.getvalue()

    def node_process(self):
        return local_cluster().nodes[0].process()

    def execute(self, *statements):
        cluster = local_cluster()
        with signed_in(cluster.nodes, LOCAL_ROLE, cluster.password) as session:
            return [session.execute(cql, timeout=TIMEOUT_S) for cql in statements][-1]

    def is_let_in(self, role, password):
        """Tell whether a role can sign in to the node with a password."""
        try:
            with signed_in(local_cluster().nodes, role, password):
                return True
        except NoHostAvailable:
            return False

    def test_only_the_password_of_its_folder_lets_in(self):
        self.call("start")

        self.assertIs(self.is_let_in(LOCAL_ROLE, local_cluster().password), True)
        self.assertIs(self.is_let_in(LOCAL_ROLE, "guessed"), False)
        self.assertIs(self.is_let_in("cassandra", "cassandra"), False)

    def test_data_from_before_there_was_a_password_opens_with_it(self):
        self.enterContext(
            override_settings(
                VAR_DIR=make_var_dir(self.addCleanup), CASSANDRA_PORT=free_port()
            )
        )
        self.addCleanup(self.call, "stop")
        old = Path(self.enterContext(TemporaryDirectory()))
        shutil.copytree(TEMPLATES, old, dirs_exist_ok=True)
        yaml = (old / "cassandra.yaml").read_text()
        (old / "cassandra.yaml").write_text(yaml.replace("authenticator:", "# once:"))
        with mock.patch("deewhy.cassandra_node.node.TEMPLATES", old):
            cluster = local_cluster()
            cluster.nodes[0].wait(
                cluster.nodes[0].start(jars.fetch(cluster.jars_folder), HEAP_MB)
            )
        self.execute(KEYSPACE, TABLE, "INSERT INTO kept.word (word) VALUES ('old')")
        self.call("start")  # while it still runs without one
        self.call("stop")

        self.call("start")

        [row] = self.execute("SELECT word FROM kept.word")
        self.assertEqual(row.word, "old")
        self.assertIs(self.is_let_in("cassandra", "cassandra"), False)

    def test_the_node_is_given_none_of_the_services_secrets(self):
        self.call("start")

        environment = self.node_process().environ()
        self.assertIn("PATH", environment)
        self.assertNotIn("SECRET_KEY", environment)

    def test_no_other_user_reads_its_folder(self):
        folder = settings.VAR_DIR / "cassandra"
        folder.chmod(0o755)

        self.call("start")

        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        yaml = local_cluster().nodes[0].folder / "conf" / "cassandra.yaml"
        self.assertEqual(stat.S_IMODE(yaml.stat().st_mode), 0o600)

    def test_an_acknowledged_write_survives_a_node_that_is_killed(self):
        self.call("start")
        self.execute(KEYSPACE, TABLE, "INSERT INTO kept.word (word) VALUES ('here')")
        process = self.node_process()
        process.kill()
        process.wait()

        self.call("start")

        [row] = self.execute("SELECT word FROM kept.word")
        self.assertEqual(row.word, "here")

    def test_shows_running_nodes_without_starting_them(self):
        self.call("start")
        pid = self.node_process().pid

        self.call("start")

        self.assertIn(f"process {pid}", self.call("status"))

    def test_stops_the_node_and_shows_that_none_runs(self):
        self.call("start")

        self.call("stop")

        self.assertIsNone(self.node_process())
        with self.assertRaises(SystemExit):
            self.call("status")

    def test_refuses_a_number_of_nodes_that_it_cannot_start(self):
        with self.assertRaisesMessage(CommandError, "invalid choice: 4"):
            self.call("start", "--nodes", "4")
