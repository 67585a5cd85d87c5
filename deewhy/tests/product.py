"""The product as it is started, from folders of its own: for pictures and figures."""

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import requests
from django.conf import settings

from .nodes import free_port, make_var_dir

PASSWORD = "only-while-it-runs"
START_S = 300
STOP_S = 60


@dataclass(frozen=True, slots=True)
class Product:
    """Where a running product is, and the password of its administrator `admin`."""

    url: str
    environment: dict
    log: Path
    password: str = PASSWORD

    def manage(self, *arguments):
        """Run a command of manage.py beside it."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            check=True,
        )


@contextlib.contextmanager
def running_product(first=None):
    """Serve with a Cassandra beside it, as `make run` does; leave nothing behind.

    Args:
        first: a command of manage.py to run before, as a list.
    """
    with contextlib.ExitStack() as stack:
        folder = make_var_dir(stack.callback)
        url = f"http://localhost:{free_port()}"
        environment = os.environ | _environment(folder, url)
        product = Product(url, environment, folder / "log")
        if first:
            product.manage(*first)
        log = stack.enter_context(product.log.open("w+"))
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
        )
        stack.callback(_stop, process)
        _wait_until_ready(product, process, log)
        yield product


def _environment(folder, url):
    return {
        "BIND": url.removeprefix("http://"),
        "WEB_CONCURRENCY": "1",
        "VAR_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{Path(folder, 'deewhy.sqlite3')}",
        "CASSANDRA_HOSTS": "",
        "CASSANDRA_PORT": str(free_port()),
        "ADMIN_USERNAME": "admin",
        "ADMIN_PASSWORD": PASSWORD,
        "API_CALLS_PER_MINUTE": "100000",
    }


def _wait_until_ready(product, process, log):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{product.url}/readyz", timeout=10).ok:
                return
        time.sleep(0.5)
    log.seek(0)
    raise RuntimeError(f"The product did not start. It said:\n{log.read()}")


def _stop(process):
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
