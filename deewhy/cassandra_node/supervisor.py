"""Nodes that end with their owner, even when the owner is killed by SIGKILL.

The owner holds one end of a pipe, the lifeline, and a small process, the supervisor,
reads the other. The kernel closes the pipe when the owner ends, and the supervisor
stops the nodes. It holds the lock of their folder until then, so the next owner waits.

The supervisor can also restart nodes that end before their owner does.
"""

import argparse
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from .cluster import LocalCluster
from .restarts import CHECK_EVERY_S, Restarts

PROJECT = Path(__file__).parents[2]


def hold(cluster, meanwhile=lambda: None, *, restarts_nodes=False):
    """Start the nodes and return the lifeline that holds them to this process.

    Nodes that run already were started by hand, so they stay. Then the result is None,
    or, with `restarts_nodes`, a lifeline that stops none of them.

    Args:
        meanwhile: called once, while a node starts.
        restarts_nodes: whether nodes that end are started again.

    Raises:
        NodeError: the nodes cannot be started.
    """
    lifeline = None
    with cluster.lock() as lock:
        is_owner = not cluster.is_running()
        if is_owner or restarts_nodes:
            lifeline = Lifeline(
                cluster, lock if is_owner else None, restarts_nodes=restarts_nodes
            )
    try:
        cluster.start_nodes(meanwhile)
    except BaseException:
        if lifeline:
            lifeline.cut()
        raise
    return lifeline


class Lifeline:
    """Ties the nodes of a cluster to this process, from before they start.

    Args:
        lock: the file that locks the folder; None when the nodes are not ours to stop.
        restarts_nodes: whether nodes that end are started again.
    """

    def __init__(self, cluster, lock=None, *, restarts_nodes=False):
        self.cluster = cluster
        self.is_owner = lock is not None
        watched, self.file = os.pipe()
        options = [("--owner", self.is_owner), ("--restart", restarts_nodes)]
        self.supervisor = subprocess.Popen(
            [
                *(sys.executable, "-m", __name__),
                *(cluster.folder, cluster.jars_folder, str(cluster.port)),
                *(option for option, is_given in options if is_given),
            ],
            cwd=PROJECT,
            stdin=watched,
            stdout=subprocess.DEVNULL,
            pass_fds=[lock.fileno()] if lock else [],
            start_new_session=True,
        )
        os.close(watched)

    def cut(self):
        """Stop the nodes that this process owns, and end the supervisor."""
        if self.is_owner:
            # Stopped here, because only a parent learns at once that its child ended.
            self.cluster.stop()
        os.close(self.file)
        self.supervisor.wait()


def main(folder, jars_folder, port, is_owner, restarts_nodes):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    restarts = None
    try:
        while not is_cut(CHECK_EVERY_S if restarts_nodes else None):
            cluster = LocalCluster(folder, jars_folder, port, say=say)
            if restarts is None and cluster.is_wanted:  # all nodes are there now
                restarts = Restarts(cluster, has_lock=is_owner)
            if restarts:
                restarts.check()
    finally:
        if is_owner:
            LocalCluster(folder, jars_folder, port).stop()


def is_cut(wait_s):
    """Wait until the lifeline is cut; nothing is ever written to it."""
    readable, _, _ = select.select([sys.stdin], [], [], wait_s)
    return bool(readable)


def say(line):
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("jars_folder")
    parser.add_argument("port", type=int)
    parser.add_argument("--owner", action="store_true", dest="is_owner")
    parser.add_argument("--restart", action="store_true", dest="restarts_nodes")
    main(**vars(parser.parse_args()))
