"""The whole service in processes of its own, for tests that need the real thing."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import requests
from django.conf import settings
from django.test import TestCase

from .receiver import SECRET, Receiver

PASSWORD = "only-for-this-test"
START_S = 300  # on a busy machine; alone it takes some 20
STOP_S = 60


class ServiceTestCase(TestCase):
    """Serve with two workers, as `manage.py serve` does, from folders of its own."""

    databases = {"default", "cassandra"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receiver = cls.enterClassContext(Receiver())
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        cls.url = f"http://127.0.0.1:{port}"
        cls.log = folder / "service.log"
        with cls.log.open("wb") as log:
            cls.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    **environment(folder, port),
                    "WEBHOOK_URL": cls.receiver.url,
                    "WEBHOOK_SECRET": SECRET,
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        cls.addClassCleanup(cls.stop)
        cls.wait_until_ready()

    @classmethod
    def stop(cls):
        cls.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            cls.process.wait(STOP_S)
        with suppress(ProcessLookupError):  # its workers, where it left any behind
            os.killpg(cls.process.pid, signal.SIGKILL)
        cls.process.wait()

    @classmethod
    def wait_until_ready(cls):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and cls.process.poll() is None:
            with suppress(requests.RequestException):
                if requests.get(f"{cls.url}/readyz", timeout=10).ok:
                    return
            time.sleep(0.2)
        raise AssertionError(f"The service did not start: {cls.log.read_text()}")

    def make_token(self, *scopes):
        """Make a token as a person does, in the admin; return its secret."""
        session = requests.Session()
        self.fill_in(
            session,
            "/admin/login/?next=/admin/",
            username="admin",
            password=PASSWORD,
        )
        page = self.fill_in(session, "/admin/api/token/add/", name="x", scopes=scopes)
        return re.search(r'<code id="secret">(.+?)</code>', page).group(1)

    def fill_in(self, session, path, **fields):
        session.get(self.url + path, timeout=30)
        form = {**fields, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        response = session.post(self.url + path, form, timeout=30)
        self.assertEqual(response.status_code, 200)
        return response.text


def environment(folder, port):
    """Return the settings of a service that shares only the node with other tests."""
    return {
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2",
        "VAR_DIR": str(folder / "var"),
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{folder}/service.sqlite3",
        "CASSANDRA_HOSTS": ",".join(settings.CASSANDRA_HOSTS) or "127.0.0.1",
        "CASSANDRA_PORT": str(settings.CASSANDRA_PORT),
        "CASSANDRA_KEYSPACE": "test_service",
        "ADMIN_PASSWORD": PASSWORD,
        "API_CALLS_PER_MINUTE": "100000",
        "API_TOKEN_CALLS_PER_MINUTE": "100000",
    }
