"""Starting a node again that has ended though nobody stopped it."""

import time
from contextlib import nullcontext

import psutil

from . import jars
from .cluster import heap_for
from .errors import NodeError

CHECK_EVERY_S = 1
FIRST_PAUSE_S = 1
LONGEST_PAUSE_S = 300  # a full disk or too little memory is not mended by haste
STEADY_S = 120  # a node that ran for so long has started well


class Restarts:
    """Looks at the nodes of a cluster, and starts those again that have ended.

    Args:
        cluster: whose nodes they are.
        has_lock: whether this process holds the cluster's folder; else it takes it for
            as long as it starts a node, so that only one of several does.
        clock: seconds that only go on.
    """

    def __init__(self, cluster, *, has_lock, clock=time.monotonic):
        self.cluster = cluster
        self.lock = nullcontext if has_lock else cluster.lock
        self.clock = clock
        self.processes = {}  # node -> its process as it was seen last
        self.pause_s = FIRST_PAUSE_S
        self.started_at = self.seen_at = self.retry_at = clock()

    def check(self):
        """Start a node that has ended, unless it was stopped or it is too soon."""
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
        """Lay those to rest that ended: who stops one waits until its parent has."""
        for process in filter(None, self.processes.values()):
            is_alive(process)

    def _start(self, node):
        if node.process():
            return  # another has started it meanwhile
        self.cluster.say(
            f"Cassandra on {node.address}:{node.port} has ended: it is started again. "
            f"Its log: {node.log}"
        )
        paths = jars.fetch(self.cluster.jars_folder)
        process = self.processes[node] = node.start(paths, heap_for(1))
        if not self.cluster.is_wanted:  # it was stopped while it was started
            process.terminate()

    def _has_ended(self, node):
        """Tell so from the process that is known: asking for all of them is dear."""
        process = self.processes.get(node)
        if process is None or not is_alive(process):
            process = self.processes[node] = node.process()
        return process is None


def is_alive(process):
    """Tell whether a process runs; a child that has ended is laid to rest."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.is_running()
        process.wait(0)  # as its parent; another's child is not ours to wait for
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        pass
    return False
