"""A WSGI application for tests of the worker: says what it got; can be slow or long."""

import hashlib
import os
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

from classifier.admission import admitted  # noqa: E402  needs the set-up above
from classifier.exceptions import HistoryUnavailable  # noqa: E402  likewise

LONG_ANSWER_BYTES = 30_000_000
BREAKS = {
    "/broken": ValueError,
    "/broken-file": OSError,
    "/broken-history": HistoryUnavailable,
}


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path.endswith("/slow"):
        time.sleep(1.5)
    if path == "/stuck":
        with admitted():
            threading.Event().wait()
    body = environ["wsgi.input"].read()
    said = f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()
    if path == "/long":
        said = b"x" * LONG_ANSWER_BYTES
    if path.startswith("/broken"):
        start_response("200 OK", [])
        return broken(BREAKS[path])
    if path == "/endless":
        environ["gunicorn.socket"].is_paced = True
        start_response("200 OK", [])
        return endless(environ)
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]


def broken(error):
    """Yield the first half of an answer."""
    yield b"half"
    raise error("stranger")


def endless(environ):
    """Yield more than anybody reads, while it is taken."""
    for _ in range(3_000):
        yield bytes(1 << 16)
        assert environ["gunicorn.socket"].unsent_bytes < 1 << 20
