"""Two replicas that start together, from nothing, on shared folders and databases."""

import contextlib
import subprocess
import sys

import pytest
import requests

from deewhy.tests.fixtures.nodes import free_port

from .service import PROJECT, START_S, wait_until
from .visitors import ACKNOWLEDGED, draw_picture, upload

pytestmark = pytest.mark.slow


def test_two_replicas_from_nothing(service):
    folder = service.folder / "replicas"
    folder.mkdir()
    shared = {
        **service.environment,
        "VAR_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "CASSANDRA_KEYSPACE": "replicas",
    }
    with replica(shared) as first, replica(shared) as second:
        wait_until(lambda: is_ready(first) and is_ready(second), START_S)

        outcome, class_name = upload(requests.Session(), first, draw_picture())
        assert (outcome, bool(class_name)) == (ACKNOWLEDGED, True)


@contextlib.contextmanager
def replica(environment):
    """Serve from its own address; yield that address."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=PROJECT,
        env={**environment, "BIND": address},
    )
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(60)


def is_ready(url):
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{url}/readyz", timeout=20).ok
    return False
