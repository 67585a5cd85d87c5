"""Pictures on pages of other sites."""

import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import TestCase, override_settings, tag
from django.urls import reverse

from classifier import history, pictures

from .fixtures.browser import BrowserTestCase
from .fixtures.pictures import make_garment
from .fixtures.uploads import make_upload

SHOP, OTHER = "http://127.0.0.1:9", "http://127.0.0.2:9"
PAGE = '<img src="{0}"><img src="{0}" crossorigin>'
WIDTHS = """() => Promise.all(Array.from(document.images, (image) =>
  image.decode().then(() => image.naturalWidth, () => 0)))"""


def kept_upload():
    """Return a kept upload whose picture is 280 pixels wide."""
    upload = make_upload()
    path = pictures.path(upload.stored_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(make_garment())
    history.record(upload)
    return upload


@tag("cassandra")
@override_settings(CORS_ALLOWED_ORIGINS=[SHOP])
class HeaderTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.address = reverse("classifier:picture", args=[kept_upload().id])

    def policy(self, **headers):
        response = self.client.get(self.address, headers=headers)
        self.assertIn("origin", response["Vary"].lower())
        return (
            response["Cross-Origin-Resource-Policy"],
            response.headers.get("Access-Control-Allow-Origin"),
        )

    def test_a_named_site_may_show_and_read_a_picture(self):
        self.assertEqual(self.policy(origin=SHOP), ("cross-origin", SHOP))
        self.assertEqual(self.policy(referer=f"{SHOP}/a"), ("cross-origin", None))
        self.assertEqual(self.policy(), ("cross-origin", None))

    def test_another_site_may_not(self):
        for headers in (
            {"origin": OTHER},
            {"origin": "null"},
            {"referer": f"{OTHER}/a"},
            {"referer": "http://[/"},
        ):
            with self.subTest(headers):
                self.assertEqual(self.policy(**headers), ("same-origin", None))

    @override_settings(CORS_ALLOWED_ORIGINS=[])
    def test_none_may_where_none_is_named(self):
        for headers in ({}, {"origin": SHOP}, {"referer": f"{SHOP}/a"}):
            with self.subTest(headers):
                self.assertEqual(self.policy(**headers), ("same-origin", None))


def site(host, page):
    """Serve a page on a loopback address of its own; return its origin and server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{host}:{server.server_port}", server


@pytest.mark.browser
class BrowserTests(BrowserTestCase):
    def test_a_named_site_alone_shows_pictures(self):
        path = reverse("classifier:picture", args=[kept_upload().id])
        origins = []
        for host in ("127.0.0.1", "127.0.0.2"):
            origin, server = site(host, PAGE.format(self.live_server_url + path))
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
            origins.append(origin)

        with override_settings(CORS_ALLOWED_ORIGINS=origins[:1]):
            widths = []
            for origin in origins:
                self.page.goto(origin)
                widths.append(self.page.evaluate(WIDTHS))

        self.assertEqual(widths, [[280, 280], [0, 0]])
