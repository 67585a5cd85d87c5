"""Nodes of their own for the tests that stop and kill them."""

import random
import time
from contextlib import suppress
from pathlib import Path

from deewhy.cassandra_node import NodeError
from deewhy.cassandra_node.node import Node

POLL_S = 0.1


def free_port():
    """Return a port that is free, as is the next one."""
    while True:
        port = random.randrange(20_000, 32_000)  # below those that systems hand out
        with suppress(NodeError):
            Node(Path(), "127.0.0.1", port, "127.0.0.1").check_ports()
            return port


def happens_within(seconds, condition):
    """Tell whether a condition comes true before the time is over."""
    give_up_at = time.monotonic() + seconds
    while not (happened := condition()) and time.monotonic() < give_up_at:
        time.sleep(POLL_S)
    return bool(happened)
