"""Nodes that end with their owner, even when the owner is killed by SIGKILL.

The owner holds one end of a pipe, the leash, and a small process, the warden, reads
the other. The kernel closes the pipe when the owner ends, and the warden stops the
nodes. Until it has, it holds the lock of their folder, so that the next owner waits.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from .cluster import LocalCluster

PROJECT = Path(__file__).parents[2]


def hold(cluster, meanwhile=lambda: None):
    """Start the nodes and return the leash that holds them to this process.

    Nodes that run already were started by hand: they stay, and None is returned.

    Args:
        meanwhile: called once, while a node starts.

    Raises:
        NodeError: they cannot be had.
    """
    with cluster.lock() as lock:
        leash = None if cluster.is_running() else Leash(cluster, lock)
    try:
        cluster.start_nodes(meanwhile)
    except BaseException:
        if leash:
            leash.cut()
        raise
    return leash


class Leash:
    """Holds the nodes of a cluster to this process, from before they start."""

    def __init__(self, cluster, lock):
        self.cluster = cluster
        watched, self.file = os.pipe()
        self.warden = subprocess.Popen(
            [sys.executable, "-m", __name__, cluster.folder, str(cluster.port)],
            cwd=PROJECT,
            stdin=watched,
            stdout=subprocess.DEVNULL,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )
        os.close(watched)

    def cut(self):
        """Stop the nodes and dismiss the warden."""
        self.cluster.stop()  # here, as only a parent learns at once that a child ended
        os.close(self.file)
        self.warden.wait()


def main(folder, port):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        sys.stdin.buffer.read()  # nothing is ever written: it returns at the end
    finally:
        LocalCluster(folder, folder, int(port)).stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
