import io

from cassandra.cluster import Cluster
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings, tag

from deewhy.cassandra_node import local_cluster
from deewhy.tests.nodes import free_port, make_var_dir

TIMEOUT_S = 30  # a node that has just started is slow on a busy machine
TABLE = "CREATE TABLE kept.word (word text PRIMARY KEY)"
KEYSPACE = """
CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy',
'replication_factor': 1}"""


@tag("cassandra", "slow")
class CommandTests(SimpleTestCase):
    """One node for all of these, in a folder and on ports of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        var_dir = make_var_dir(cls.addClassCleanup)
        cls.enterClassContext(
            override_settings(VAR_DIR=var_dir, CASSANDRA_PORT=free_port())
        )
        cls.addClassCleanup(lambda: local_cluster().stop())

    def call(self, *arguments):
        out = io.StringIO()
        call_command("cassandra", *arguments, stdout=out)
        return out.getvalue()

    def node_process(self):
        return local_cluster().nodes[0].process()

    def execute(self, *statements):
        with Cluster(
            ["127.0.0.1"],
            port=settings.CASSANDRA_PORT,
            connect_timeout=TIMEOUT_S,
            control_connection_timeout=TIMEOUT_S,
        ) as cluster:
            session = cluster.connect()
            return [session.execute(cql, timeout=TIMEOUT_S) for cql in statements][-1]

    def test_an_acknowledged_write_survives_a_node_that_is_killed(self):
        self.call("start")
        self.execute(KEYSPACE, TABLE, "INSERT INTO kept.word (word) VALUES ('here')")
        process = self.node_process()
        process.kill()
        process.wait()

        self.call("start")

        [row] = self.execute("SELECT word FROM kept.word")
        self.assertEqual(row.word, "here")

    def test_does_not_start_what_runs_and_shows_it(self):
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
