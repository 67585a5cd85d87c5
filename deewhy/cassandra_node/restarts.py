"""Restarts of nodes that ended without being stopped."""

import time
from contextlib import nullcontext

import psutil

from . import jars
from .cluster import heap_for
from .errors import NodeError

CHECK_EVERY_S = 1
FIRST_PAUSE_S = 1
LONGEST_PAUSE_S = 300  # haste mends neither a full disk nor a lack of memory
STEADY_S = 120  # uptime after which a start counts as a success


class Restarts:
    """Watches the nodes of a cluster and restarts those that ended.

    Args:
        cluster: the LocalCluster with the nodes.
        has_lock: whether this process holds the cluster's folder; otherwise it takes
            the lock for each start, so that only one of several supervisors starts a
            node.
        clock: returns monotonic seconds.
    """

    def __init__(self, cluster, *, has_lock, clock=time.monotonic):
        self.cluster = cluster
        self.lock = nullcontext if has_lock else cluster.lock
        self.clock = clock
        self.processes = {}  # node -> its last known process
        self.pause_s = FIRST_PAUSE_S
        self.started_at = self.seen_at = self.retry_at = clock()

    def check(self):
        """Restart an ended node, unless it was stopped or its pause is not over."""
        self._bury()
        if not self.cluster.is_wanted:
            return
        now = self.clock()
        ended = [node for node in self.cluster.nodes if self._has_ended(node)]
        if not ended:
            self.seen_at = now
        if not ended or now < self.retry_at:
            return
        if self.seen_at - self.started_at > STEADY_S:
            self.pause_s = FIRST_PAUSE_S
        self.started_at, self.retry_at = now, now + self.pause_s
        self.pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)
        try:
            with self.lock():
                self._start(ended[0])
        except (NodeError, OSError) as error:
            self.cluster.say(
                f"Cassandra has ended and cannot be started: {error} "
                f"Next try in {self.retry_at - now:.0f} s."
            )

    def _bury(self):
        """Reap ended children, because a process that stops one waits for that."""
        for process in filter(None, self.processes.values()):
            is_alive(process)

    def _start(self, node):
        if node.process():
            return  # another process has started it meanwhile
        self.cluster.say(
            f"Cassandra on {node.address}:{node.port} has ended: it is started again. "
            f"Its log: {node.log}"
        )
        paths = jars.fetch(self.cluster.jars_folder)
        process = self.processes[node] = node.start(paths, heap_for(1))
        if not self.cluster.is_wanted:  # stopped during its start
            process.terminate()

    def _has_ended(self, node):
        """Ask the known process first: searching the process table is slow."""
        process = self.processes.get(node)
        if process is None or not is_alive(process):
            process = self.processes[node] = node.process()
        return process is None


def is_alive(process):
    """Tell whether a process runs; an ended child is reaped."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.is_running()
        process.wait(0)  # reaps our own child; other processes' children raise
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        pass
    return False
