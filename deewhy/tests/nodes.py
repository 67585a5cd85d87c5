"""Nodes of their own for the tests that stop and kill them."""

import random
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

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


def make_var_dir(clean_up):
    """Return a new folder to use as VAR_DIR; the jars in it are those of the project.

    Args:
        clean_up: `addCleanup` or `addClassCleanup` of a test case.
    """
    folder = Path(tempfile.mkdtemp(prefix="a folder with spaces "))
    clean_up(shutil.rmtree, folder, ignore_errors=True)
    jars = settings.VAR_DIR / "cassandra" / "jars"
    jars.mkdir(parents=True, exist_ok=True)
    (folder / "cassandra").mkdir()
    (folder / "cassandra" / "jars").symlink_to(jars.resolve())
    return folder


def happens_within(seconds, condition):
    """Tell whether a condition comes true before the time is over."""
    give_up_at = time.monotonic() + seconds
    while not (happened := condition()) and time.monotonic() < give_up_at:
        time.sleep(POLL_S)
    return bool(happened)
