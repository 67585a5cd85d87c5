"""The service as an operator runs it: `manage.py serve`, with nodes of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import requests
from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from cassandra.query import SimpleStatement, dict_factory

from deewhy.cassandra.node_password import LOCAL_ROLE
from deewhy.cassandra_node import LocalCluster
from deewhy.cassandra_node.supervisor import hold
from deewhy.tests.fixtures.nodes import free_port

from .clock import Clock
from .disk import Disk

PROJECT = Path(__file__).parents[2]
START_S = 300
SETTLE_S = 120


class Service:
    """One server and its nodes, all in one folder.

    Args:
        folder: data, pictures, checkpoints and logs go there.
        jars: where the jars of Cassandra are, or are fetched to.
        nodes: one, or three with three replicas of each record.
    """

    def __init__(self, folder, jars, nodes=1):
        self.folder = folder
        self.media = folder / "media"
        self.checkpoints = folder / "checkpoints"
        self.known = set()
        self.cluster = LocalCluster(folder / "nodes", jars, free_port(), size=nodes)
        self.lifeline = None
        self.server = None
        port = free_port()
        self.address = ("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{port}"
        self.clock = Clock(folder)
        self.disk = Disk(self.media)
        self.environment = {
            **os.environ,
            "BIND": f"127.0.0.1:{port}",
            "VAR_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(self.media),
            "CHECKPOINTS_DIR": str(self.checkpoints),
            "CASSANDRA_HOSTS": ",".join(node.address for node in self.cluster.nodes),
            "CASSANDRA_PORT": str(self.cluster.port),
            "CASSANDRA_USERNAME": LOCAL_ROLE,
            "CASSANDRA_PASSWORD": self.cluster.password,
            "CASSANDRA_REPLICATION": str(nodes),
            "CASSANDRA_KEYSPACE": "deewhy",
            "WEB_CONCURRENCY": "2",
            "UPLOADS_PER_MINUTE": "10000",
            **self.clock.environment,
        }

    def __enter__(self):
        shutil.copytree(
            PROJECT / "checkpoints",
            self.checkpoints,
            ignore=shutil.ignore_patterns(".*"),
        )
        try:
            self.disk.mount()
            self.lifeline = hold(self.cluster)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        if self.server:
            self.stop()
        if self.lifeline:
            self.lifeline.cut()
        self.disk.unmount()

    def start(self, until=None):
        """Start the server, again if it ends at once, as a supervisor does.

        Args:
            until: the condition to wait for; default: all parts are ready.
        """
        is_there = until or self.is_ready

        def is_started():
            self._run()
            return is_there()

        wait_until(is_started, START_S)

    def start_if_down(self):
        if self.server.poll() is not None:
            self.start()
        self.cluster.start_nodes()

    def stop(self):
        self.server.terminate()
        self.server.wait(60)

    def _run(self):
        if self.server is None or self.server.poll() is not None:
            with (self.folder / "serve.log").open("ab") as log:
                self.server = subprocess.Popen(
                    [sys.executable, "manage.py", "serve"],
                    cwd=PROJECT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                )

    def manage(self, *arguments):
        """Run a command of manage.py beside the server; return its result."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def workers(self):
        return psutil.Process(self.server.pid).children()

    def node(self, number):
        """Return the process of a node, counted from 1."""
        return self.cluster.nodes[number - 1].process()

    def state(self):
        """Return the content of /readyz, an empty dictionary without an answer."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=20).json()
        except (requests.RequestException, ValueError):
            return {}

    def is_alive(self):
        return bool(self.state())

    def is_ready(self):
        return self.state().get("status") == "ok"

    def is_settled(self):
        state = self.state()
        return state.get("status") == "ok" and state.get("waiting_uploads") == 0

    def settle(self):
        """Wait until all is there and nothing waits; return the seconds it took."""
        return wait_until(self.is_settled, SETTLE_S)

    def rows(self):
        """Read every record by a client that is not the service's own.

        It reads at the level of the writes: one replica alone may have been down.
        """
        addresses = [node.address for node in self.cluster.nodes]
        role = PlainTextAuthProvider(LOCAL_ROLE, self.cluster.password)
        with Cluster(addresses, port=self.cluster.port, auth_provider=role) as cluster:
            session = cluster.connect("deewhy")
            session.row_factory = dict_factory
            query = SimpleStatement(
                "SELECT id, sha256, class_name, stored_name FROM upload",
                consistency_level=ConsistencyLevel.LOCAL_QUORUM,
            )
            return list(session.execute(query, timeout=30))

    def originals(self):
        """Return the names of the pictures on disk as they were sent."""
        return {
            str(path.relative_to(self.media))
            for path in self.media.rglob("*-*.*")
            if path.name.count(".") == 1
        }


def wait_until(is_true, seconds):
    """Return the seconds until something is true.

    Raises:
        TimeoutError: it did not become so.
    """
    start = time.monotonic()
    while not is_true():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"{is_true.__name__} did not come true in {seconds} s.")
        time.sleep(0.25)
    return time.monotonic() - start


@contextlib.contextmanager
def stopped(process):
    """Hold a process still, as a long pause of its machine would."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
