import multiprocessing
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from cassandra.cluster import NoHostAvailable
from cassandra.cqlengine import connection as cqlengine
from cassandra.query import BoundStatement
from django.db import connections
from django.test import SimpleTestCase, TestCase, tag

from deewhy.cassandra import session
from deewhy.cassandra.options import CONNECT_TIMEOUT_S, connection_options
from deewhy.cassandra.routers import CASSANDRA

from ..fixtures.proxy import Proxy

PING = "SELECT day FROM upload_day WHERE scope = ? LIMIT 1"


def ping():
    session.execute(PING, ("uploads",))


def answers():
    try:
        ping()
    except session.UNAVAILABLE:
        return False
    return True


def answers_within(seconds):
    give_up_at = time.monotonic() + seconds
    while not (answered := answers()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    return answered


def real_port():
    return connections[CASSANDRA].settings_dict["OPTIONS"]["connection"]["port"]


@contextmanager
def cassandra_at(port):
    """Let the process look for Cassandra at another port, as if newly started."""
    options = connection_options(
        port=port, datacenter="datacenter1", consistency="LOCAL_ONE", timeout_s=4
    )
    del options["lazy_connect"]
    real_options = connections[CASSANDRA].settings_dict["OPTIONS"]["connection"]
    if role := real_options.get("auth_provider"):  # of the suite's own node
        options["auth_provider"] = role
    another = cqlengine.Connection(
        CASSANDRA, ["127.0.0.1"], lazy_connect=True, cluster_options=options
    )
    real, state = cqlengine._connections[CASSANDRA], session._state
    cqlengine._connections[CASSANDRA] = another
    session._state = session._State()
    try:
        yield
    finally:
        if another.cluster:
            another.cluster.shutdown()
        cqlengine._connections[CASSANDRA] = real
        session._state = state


@tag("cassandra")
class SessionTests(TestCase):
    databases = {"cassandra"}

    def test_is_one_for_all_threads(self):
        with cassandra_at(real_port()), ThreadPoolExecutor(4) as pool:
            sessions = set(pool.map(lambda _: session.session(), range(8)))

        self.assertEqual(len(sessions), 1)

    def test_prepares_a_statement_once(self):
        self.assertIs(session.prepare(PING), session.prepare(PING))

    def test_only_idempotent_statements_may_be_sent_twice(self):
        for cql, expected in (
            (PING, True),
            ("DELETE FROM upload_day WHERE scope = ? AND day = ?", True),
            ("UPDATE upload_day SET shards = ? WHERE scope = ? AND day = ?", True),
            (
                "INSERT INTO upload_day (scope, day, shards) VALUES (?, ?, ?) "
                "IF NOT EXISTS",
                False,
            ),
            (
                "UPDATE upload_count SET total = total + ? "
                "WHERE year = ? AND measure = ? AND day = ?",
                False,
            ),
        ):
            with self.subTest(cql):
                statement = session.prepare(cql)

                self.assertIs(statement.is_idempotent, expected)
                self.assertIs(BoundStatement(statement).is_idempotent, expected)

    def test_a_missing_table_names_the_cure(self):
        with self.assertRaisesMessage(session.SchemaMissing, "migrate"):
            session.prepare("SELECT a FROM no_such_table WHERE a = ?")

    def test_a_missing_keyspace_names_the_cure(self):
        config = connections[CASSANDRA].settings_dict
        name, config["NAME"] = config["NAME"], "no_such_keyspace"
        self.addCleanup(config.update, NAME=name)

        with self.assertRaisesMessage(session.SchemaMissing, "migrate"):
            session.session()

    def test_a_forked_child_makes_its_own(self):
        ping()
        pool = multiprocessing.get_context("fork").Pool(1)
        self.addCleanup(pool.terminate)

        self.assertIs(pool.apply_async(answers).get(timeout=20), True)
        self.assertIs(answers(), True)


@tag("cassandra")
class AbsenceTests(TestCase):
    databases = {"cassandra"}

    def setUp(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        self.silent_port = server.getsockname()[1]

    def test_a_closed_port_is_known_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            closed_port = server.getsockname()[1]
        with cassandra_at(closed_port):
            started = time.monotonic()

            self.assertIs(answers(), False)
            self.assertLess(time.monotonic() - started, 1)

    def test_a_silent_server_is_known_in_seconds(self):
        with cassandra_at(self.silent_port):
            started = time.monotonic()

            self.assertIs(answers(), False)
            self.assertLess(time.monotonic() - started, 2 * CONNECT_TIMEOUT_S + 2)

    def test_threads_do_not_queue_for_a_silent_server(self):
        with cassandra_at(self.silent_port), ThreadPoolExecutor(8) as pool:
            started = time.monotonic()

            self.assertNotIn(True, pool.map(lambda _: answers(), range(8)))
            self.assertLess(time.monotonic() - started, 2 * CONNECT_TIMEOUT_S + 2)

    def test_a_server_that_comes_later_is_found(self):
        proxy = Proxy(real_port())
        self.addCleanup(proxy.close)
        proxy.cut()
        with cassandra_at(proxy.port):
            self.assertIs(answers(), False)
            proxy.mend()

            self.assertIs(answers_within(10), True)

    def test_a_server_that_comes_back_is_found_again(self):
        proxy = Proxy(real_port())
        self.addCleanup(proxy.close)
        with cassandra_at(proxy.port):
            self.assertIs(answers(), True)
            proxy.cut()
            started = time.monotonic()
            self.assertIs(answers(), False)
            self.assertLess(time.monotonic() - started, 2 * CONNECT_TIMEOUT_S + 2)
            proxy.mend()

            self.assertIs(answers_within(10), True)


class DescribeTests(SimpleTestCase):
    def test_says_why_each_host_does_not_answer(self):
        error = NoHostAvailable("away", {"10.0.0.1": "refused", "10.0.0.2": "silent"})

        self.assertEqual(session.describe(error), "10.0.0.1: refused; 10.0.0.2: silent")

    def test_says_that_no_address_was_tried(self):
        """The driver gives a list then, and a drain that cannot say so would end."""
        error = NoHostAvailable("Unable to connect to any servers", ["127.0.0.1"])

        self.assertIn("127.0.0.1", session.describe(error))
