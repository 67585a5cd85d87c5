import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from unittest import mock

import psutil
from django.conf import settings
from django.test import SimpleTestCase

from deewhy.cassandra_node import LocalCluster, NodeError, restarts
from deewhy.cassandra_node.node import Node
from deewhy.cassandra_node.restarts import LONGEST_PAUSE_S, STEADY_S, Restarts

from ..fixtures.nodes import happens_within

SLEEP = "import time; time.sleep(60)"
STOP = """
import sys
from deewhy.cassandra_node import LocalCluster
LocalCluster(sys.argv[1], sys.argv[1], 20_000).stop()
"""


class RestartTests(SimpleTestCase):
    """Real processes that have a node's argument, and do nothing."""

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.said = []
        self.cluster = LocalCluster(folder, folder, 20_000, say=self.said.append)
        self.node = self.cluster.nodes[0]
        self.now = 1000.0
        self.started = []
        self.enterContext(mock.patch.object(Node, "start", self.start))
        self.enterContext(mock.patch.object(restarts.jars, "fetch"))
        self.start()
        # For a moment, a new process has no arguments yet.
        self.assertTrue(happens_within(10, self.node.process))
        self.cluster.wanted.touch()
        self.restarts = self.make_restarts()

    def start(self, *jars_and_heap):
        process = psutil.Popen([sys.executable, "-c", SLEEP, f"@{self.node.options}"])
        self.addCleanup(end, process)
        self.started.append(process)
        return process

    def make_restarts(self, has_lock=False):
        return Restarts(self.cluster, has_lock=has_lock, clock=lambda: self.now)

    def kill(self):
        end(self.started[-1])

    def look_after(self, seconds):
        """Look, and return how many times a node was started in all but the first."""
        self.now += seconds
        self.restarts.check()
        return len(self.started) - 1

    def test_leaves_running_nodes_alone(self):
        self.assertEqual(self.look_after(1), 0)
        self.assertEqual(self.look_after(1), 0)

    def test_restarts_a_killed_node_and_says_so(self):
        self.look_after(1)
        self.kill()

        self.assertEqual(self.look_after(1), 1)
        self.assertEqual(self.look_after(100), 1)
        self.assertIn("has ended: it is started again", self.said[0])

    def test_does_not_start_a_stopped_node(self):
        self.look_after(1)
        self.cluster.stop()

        self.assertEqual(self.look_after(1000), 0)

    def test_a_process_that_stops_its_child_does_not_wait_in_vain(self):
        self.kill()
        self.look_after(0)
        stop = subprocess.Popen(
            [sys.executable, "-c", STOP, self.cluster.folder], cwd=settings.BASE_DIR
        )
        self.addCleanup(end, stop)

        def is_stopped():
            self.restarts.check()
            return stop.poll() is not None

        self.assertTrue(happens_within(20, is_stopped))
        self.assertEqual(stop.returncode, 0)
        self.assertIs(self.started[-1].is_running(), False)

    def test_ends_a_node_stopped_during_its_start(self):
        self.kill()
        unwanted = mock.PropertyMock(side_effect=[True, False])
        with mock.patch.object(LocalCluster, "is_wanted", unwanted):
            self.restarts.check()

        self.assertTrue(happens_within(10, lambda: self.node.process() is None))

    def test_waits_longer_each_time_that_it_ends_soon(self):
        self.kill()
        self.assertEqual(self.look_after(0), 1)
        self.kill()
        self.assertEqual(self.look_after(0.9), 1)
        self.assertEqual(self.look_after(0.1), 2)
        self.kill()
        self.assertEqual(self.look_after(1.9), 2)
        self.assertEqual(self.look_after(0.1), 3)
        self.kill()
        self.restarts.pause_s = LONGEST_PAUSE_S
        self.assertEqual(self.look_after(LONGEST_PAUSE_S), 4)
        self.assertEqual(self.restarts.pause_s, LONGEST_PAUSE_S)

    def test_forgets_old_failures_once_it_ran_steadily(self):
        self.restarts.pause_s = 256
        self.look_after(STEADY_S + 1)
        self.kill()

        self.assertEqual(self.look_after(1), 1)
        self.assertEqual(self.restarts.pause_s, 2)

    def test_of_two_that_watch_only_one_starts_it(self):
        other = self.make_restarts()
        self.kill()

        self.restarts.check()
        other.check()

        self.assertEqual(len(self.started), 2)

    def test_does_not_start_it_while_another_does(self):
        self.kill()
        with self.cluster.lock():
            self.assertEqual(self.look_after(1), 0)

        self.assertEqual(self.look_after(1), 1)

    def test_goes_on_when_it_cannot_be_started(self):
        self.kill()
        with mock.patch.object(Node, "start", side_effect=NodeError("Port taken.")):
            self.restarts.check()

        self.assertIn("Port taken. Next try in 1 s", self.said[-1])
        self.assertEqual(self.look_after(1), 1)


def end(process):
    with suppress(psutil.NoSuchProcess):
        process.kill()
    process.wait()
