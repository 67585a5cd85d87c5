"""Log lines: the id that the answer carries, refusals in one line, JSON."""

import io
import json
import logging
import logging.config
import os
import subprocess
import sys

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from deewhy import logs


def written(is_json=False, level="INFO"):
    """Return a handler as the setting makes it, and the text that it writes to."""
    setting = logs.configuration(level, is_json)
    console, text = setting["handlers"]["console"], io.StringIO()
    formatter = logging.config.DictConfigurator(setting)
    formatter.config["filters"] = {
        name: formatter.configure_filter(dict(value))
        for name, value in setting["filters"].items()
    }
    handler = logging.StreamHandler(text)
    formatter.add_filters(handler, console["filters"])
    handler.setFormatter(
        formatter.configure_formatter(dict(setting["formatters"][console["formatter"]]))
    )
    return handler, text


class RequestIdTests(TestCase):
    databases = {"default", "cassandra"}

    def refuse(self, handler, **headers):
        logger = logging.getLogger("classifier.uploads")
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        file = SimpleUploadedFile("no\npicture.gif", b"GIF89a is not enough")
        return self.client.post(
            reverse("classifier:upload"), {"file": file}, headers=headers
        )

    def test_a_refused_file_is_one_line_with_the_id_that_the_answer_carries(self):
        handler, text = written()

        response = self.refuse(handler)

        [line] = text.getvalue().splitlines()
        self.assertIn("Refused 'no", line)
        self.assertTrue(line.endswith(f" [{response['X-Request-ID']}]"))

    def test_an_id_from_a_proxy_is_kept_unless_it_is_none(self):
        id = "0d6e8a20c8b911f09c3ea7d1f05b2e44"

        answer = self.client.get("/healthz", headers={"x-request-id": id})
        other = self.client.get("/healthz", headers={"x-request-id": "x\ny"})

        self.assertEqual(answer["X-Request-ID"], id)
        self.assertRegex(other["X-Request-ID"], r"^[0-9a-f]{32}$")

    def test_json_is_an_object_a_line(self):
        handler, text = written(is_json=True)

        response = self.refuse(handler)

        line = json.loads(text.getvalue())
        self.assertEqual(line["request_id"], response["X-Request-ID"])
        self.assertEqual((line["level"], line["name"]), ("INFO", "classifier.uploads"))


SAY_AS_GUNICORN = """
from gunicorn.config import Config
from gunicorn.glogging import Logger
from deewhy.server import gunicorn_conf

config = Config()
for name in config.settings.keys() & vars(gunicorn_conf).keys():
    config.set(name, getattr(gunicorn_conf, name))
Logger(config).error("Worker %s died", 7)
"""


class ServerTests(SimpleTestCase):
    def test_the_servers_own_lines_are_json_too(self):
        environment = {
            **os.environ,
            "LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "deewhy.settings",
        }

        done = subprocess.run(
            [sys.executable, "-c", SAY_AS_GUNICORN],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )

        line = json.loads(done.stderr)
        self.assertEqual(
            (line["level"], line["name"], line["message"]),
            ("ERROR", "gunicorn.error", "Worker 7 died"),
        )


class RefusalTests(SimpleTestCase):
    def test_a_refused_permission_has_no_traceback(self):
        handler, text = written()
        try:
            raise PermissionDenied("not yours")
        except PermissionDenied:
            error = sys.exc_info()
        record = logging.LogRecord(
            "django.request", logging.WARNING, "", 1, "Forbidden: %s", ("/a",), error
        )

        handler.handle(record)

        [line] = text.getvalue().splitlines()
        self.assertIn("WARNING django.request: Forbidden: /a: not yours", line)
