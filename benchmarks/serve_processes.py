"""The servers that `serve.py` measures, and the CPU time that each takes."""

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests
from django.conf import settings

from benchmarks.serve_load import Target
from deewhy.tests.fixtures.nodes import free_port
from deewhy.tests.fixtures.product import running_product

WORKERS = "2"
LIMITLESS = {
    "API_CALLS_PER_MINUTE": "10000000",
    "UPLOADS_PER_MINUTE": "0",
    "WEB_CONCURRENCY": WORKERS,
}
START_S = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its target, and the first of its processes."""

    target: Target
    process: psutil.Process

    def cpu_s(self):
        """Return the CPU seconds of its processes so far, except for Cassandra's."""
        return sum(map(_cpu_s, self._processes()))

    def memory_mb(self):
        return sum(each.memory_info().rss for each in self._processes()) / 1e6

    def _processes(self):
        return [
            each
            for each in (self.process, *self.process.children(recursive=True))
            if each.name() != "java"
        ]


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers by name, and the Cassandra that they share."""

    by_name: dict[str, Server]
    cassandra: psutil.Process

    def cassandra_cpu_s(self):
        return _cpu_s(self.cassandra)


@contextlib.contextmanager
def running_servers(names):
    """Run deewhy with two workers and a Cassandra, and the peers that are named."""
    with contextlib.ExitStack() as stack:
        product = stack.enter_context(running_product(environment=LIMITLESS))
        port = int(product.url.rpartition(":")[2])
        main = _master(_listener(port))
        servers = {
            "api": Server(Target("api", port, "/api/v1/classify"), main),
            "form": Server(_form(product, port), main),
        }
        peers = [name for name in ("plain", "durable") if name in names]
        if peers:
            _create_table(product)
        servers |= {
            name: stack.enter_context(_peer(name, product.environment))
            for name in peers
        }
        cassandra = _listener(int(product.environment["CASSANDRA_PORT"]))
        yield Servers({name: servers[name] for name in names}, cassandra)


def _form(product, port):
    """Return the target that a browser which opened the form has."""
    page = requests.get(f"http://127.0.0.1:{port}/upload", timeout=30)
    cookies = "; ".join(f"{each.name}={each.value}" for each in page.cookies)
    token = ("csrfmiddlewaretoken", page.cookies["csrftoken"])
    return Target("form", port, "/upload", (f"Cookie: {cookies}",), (token,))


def _create_table(product):
    program = "from benchmarks import serve_peers; serve_peers.create_table()"
    subprocess.run(
        [sys.executable, "-c", program],
        env=_peer_environment(product.environment),
        cwd=settings.BASE_DIR,
        check=True,
    )


@contextlib.contextmanager
def _peer(name, environment):
    port = free_port()
    environment = _peer_environment(environment)
    command = ["uvicorn", f"benchmarks.serve_peers:{name}", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--workers", WORKERS, "--log-level=warning"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            with contextlib.suppress(requests.RequestException):
                requests.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            time.sleep(0.2)
        yield Server(Target(name, port, "/classify"), psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _peer_environment(environment):
    folder = Path(environment["VAR_DIR"], "peers")
    folder.mkdir(exist_ok=True)
    # The node's password is in VAR_DIR, and nothing is started for a named host. The
    # classifier computes in one thread, as it does in deewhy.
    return {
        **environment,
        "OPENBLAS_NUM_THREADS": "1",
        "CASSANDRA_HOSTS": "127.0.0.1",
        "PEER_FOLDER": str(folder),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }


def _listener(port):
    """Return a process that listens on a port."""
    return next(
        psutil.Process(each.pid)
        for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid
    )


def _master(worker):
    """Return the process of gunicorn that others of it descend from."""
    return max(
        (each for each in (worker, *worker.parents()) if "gunicorn" in each.cmdline()),
        key=lambda each: -each.create_time(),
    )


def _cpu_s(process):
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system
