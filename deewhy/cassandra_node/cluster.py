"""One node, or three, in one folder: started in turn, held by one owner at a time."""

import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

from ..cassandra.node_password import password_of
from ..private_files import FOLDER_MODE, tighten
from . import access, jars
from .errors import NodeError
from .node import Node

HEAPS_MB = (1024, 512)  # the larger is for one node where memory is plenty
BESIDE_HEAP_MB = 300  # the off-heap memory of a node
LOCK_WAIT_S = 90
POLL_S = 0.2


class LocalCluster:
    """The nodes in `folder`, from 127.0.0.1 upwards; their number never shrinks.

    Args:
        folder: holds data, logs and configuration.
        jars_folder: where the jars are, or are downloaded to.
        port: CQL port of every node; nodes talk to each other on the next port.
        size: number of nodes; default: as many as the folder has, or one.
        say: called with a line for the person at the terminal.
    """

    def __init__(self, folder, jars_folder, port, size=None, say=None):
        self.folder = Path(folder).resolve()
        self.jars_folder = Path(jars_folder).resolve()
        self.port = port
        self.say = say or (lambda line: None)
        existing = len(list(self.folder.glob("node*")))
        if size is not None and size < existing:
            raise NodeError(
                f"{self.folder} holds a cluster of {existing} nodes, and with {size} "
                "of them its data would be out of reach. Start them all."
            )
        self.nodes = [
            Node(self.folder / f"node{n}", f"127.0.0.{n}", port, seed="127.0.0.1")
            for n in range(1, (size or existing or 1) + 1)
        ]

    def start(self):
        """Start the missing nodes, one after the other."""
        with self.lock():
            self.start_nodes()

    def start_nodes(self, meanwhile=lambda: None):
        """Start the missing nodes; the caller holds the lock, or a parent process does.

        Args:
            meanwhile: called once, while a node starts, which leaves a core idle.
        """
        self.wanted.unlink(missing_ok=True)
        processes = {node: node.process() for node in self.nodes}
        missing = [node for node in self.nodes if not processes[node]]
        if missing:
            heap_mb = heap_for(len(missing))
            version = jars.version()
            paths = jars.fetch(self.jars_folder)
        for number, node in enumerate(self.nodes):
            if node in missing:
                self.say(f"Starting Cassandra {version} on {node.address}:{node.port}")
                processes[node] = node.start(paths, heap_mb)
            if number == 0:
                meanwhile()
            node.wait(processes[node])
        access.secure(self.nodes, self.password)
        self.wanted.touch()

    @property
    def password(self):
        """The password of `LOCAL_ROLE`."""
        return password_of(self.folder)

    @property
    def is_wanted(self):
        """Tell whether all nodes were started and not stopped since."""
        return self.wanted.exists()

    @property
    def wanted(self):
        return self.folder / "wanted"

    def is_running(self):
        """Tell whether any node runs; it may not answer yet."""
        return any(node.process() for node in self.nodes)

    def stop(self):
        """Drain and stop every node that runs, the seed last."""
        self.wanted.unlink(missing_ok=True)
        for node in reversed(self.nodes):
            node.stop()

    @contextmanager
    def lock(self):
        """Hold the folder for this process and for children that inherit the file.

        The lock ends with the last process that has the file open, however it ends. The
        supervisor of an owner that is gone needs some seconds to stop the nodes.
        """
        self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        tighten(self.folder, FOLDER_MODE)
        give_up_at = time.monotonic() + LOCK_WAIT_S
        with (self.folder / "lock").open("a+") as file:
            while not try_lock(file):
                file.seek(0)
                owner = file.read()
                if time.monotonic() > give_up_at or (
                    owner and psutil.pid_exists(int(owner))
                ):
                    raise NodeError(
                        f"Process {owner} uses the Cassandra in {self.folder}. Stop it "
                        "first, or set CASSANDRA_HOSTS=127.0.0.1 to share it."
                    )
                time.sleep(POLL_S)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield file


def try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def heap_for(count):
    """Return the heap of each of `count` nodes, in MB, that the memory allows."""
    available = psutil.virtual_memory().available // 2**20
    for heap in HEAPS_MB if count == 1 else HEAPS_MB[1:]:
        if available >= (needed := count * (heap + BESIDE_HEAP_MB)):
            return heap
    raise NodeError(
        f"Cassandra needs {needed} MB of memory and {available} MB are free. Close "
        "something, or set CASSANDRA_HOSTS to use a Cassandra elsewhere."
    )
