import os
import socket
import subprocess
import tempfile
from pathlib import Path
from unittest import mock

import psutil
from django.conf import settings
from django.test import SimpleTestCase, TestCase, tag

from deewhy.cassandra_node import LocalCluster, NodeError
from deewhy.cassandra_node.cluster import heap_for
from deewhy.cassandra_node.node import Node, answers

from ..fixtures.nodes import free_port


def listener(port):
    return socket.create_server(("127.0.0.1", port))


class NodeTests(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.node = Node(folder / "a node", "127.0.0.1", free_port(), "127.0.0.1")

    def test_names_the_port_that_is_taken_and_the_settings_that_help(self):
        for port in (self.node.port, self.node.storage_port):
            with self.subTest(port=port), listener(port):
                with self.assertRaises(NodeError) as caught:
                    self.node.check_ports()
                for word in (str(port), "CASSANDRA_PORT", "CASSANDRA_HOSTS"):
                    self.assertIn(word, str(caught.exception))

    def test_says_why_it_did_not_start_and_where_its_log_is(self):
        with self.assertRaises(NodeError) as caught:
            self.node.wait(self.node.start(jars=[], heap_mb=512))

        self.assertIn("CassandraDaemon", str(caught.exception))
        self.assertIn(str(self.node.log), str(caught.exception))

    def test_a_node_that_was_never_started_is_stopped_already(self):
        self.node.stop()

        self.assertIsNone(self.node.process())

    def test_another_process_is_not_taken_for_the_node(self):
        other = subprocess.Popen(["sleep", "60", f"@{self.node.options}x"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)

        self.assertIsNone(self.node.process())

    def test_a_server_without_cql_does_not_answer(self):
        port = self.node.port
        self.assertIs(answers("127.0.0.1", port), False)

        with (
            listener(port),
            mock.patch("deewhy.cassandra_node.node.ANSWER_TIMEOUT_S", 0.1),
        ):
            self.assertIs(answers("127.0.0.1", port), False)


@tag("cassandra")
class RealNodeTests(TestCase):
    databases = {"cassandra"}

    def test_a_server_that_speaks_cql_answers(self):
        self.assertIs(answers("127.0.0.1", settings.CASSANDRA_PORT), True)


class ClusterTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def cluster(self, size=None):
        return LocalCluster(self.folder, self.folder, 20_000, size=size)

    def test_is_one_node_by_default(self):
        self.assertEqual(len(self.cluster().nodes), 1)

    def test_keeps_the_number_of_nodes_it_began_with(self):
        for name in ("node1", "node2", "node3"):
            (self.folder / name).mkdir()

        self.assertEqual(len(self.cluster().nodes), 3)
        with self.assertRaisesMessage(NodeError, "holds a cluster of 3 nodes"):
            self.cluster(size=1)

    def test_nodes_have_loopback_addresses_of_their_own(self):
        addresses = [node.address for node in self.cluster(size=3).nodes]

        self.assertEqual(addresses, ["127.0.0.1", "127.0.0.2", "127.0.0.3"])

    def test_has_one_owner_at_a_time(self):
        with (
            self.cluster().lock(),
            self.assertRaisesMessage(NodeError, f"Process {os.getpid()} uses"),
            self.cluster().lock(),
        ):
            self.fail("Two had the lock.")

    def test_waits_for_the_supervisor_of_an_owner_that_is_gone(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        with self.cluster().lock() as lock:
            lock.truncate(0)
            lock.write(str(gone.pid))
            lock.flush()
            supervisor = subprocess.Popen(["sleep", "0.5"], pass_fds=[lock.fileno()])

        with self.cluster().lock():
            self.assertIsNotNone(supervisor.poll())
        supervisor.wait()


class HeapTests(SimpleTestCase):
    def heap_with(self, available_mb, count=1):
        memory = mock.Mock(available=available_mb * 2**20)
        with mock.patch.object(psutil, "virtual_memory", return_value=memory):
            return heap_for(count)

    def test_follows_the_memory_that_is_free(self):
        for available_mb, count, heap_mb in (
            (8000, 1, 1024),
            (1000, 1, 512),
            (8000, 3, 512),
        ):
            with self.subTest(available_mb=available_mb, count=count):
                self.assertEqual(self.heap_with(available_mb, count), heap_mb)

    def test_says_how_much_memory_is_missing(self):
        with self.assertRaisesMessage(NodeError, "812 MB of memory and 600 MB"):
            self.heap_with(600)
