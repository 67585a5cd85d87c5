import re
from urllib.parse import urljoin, urlsplit

import requests
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, TransactionTestCase, override_settings, tag

from classifier.tests.fixtures.pictures import make_garment
from deewhy.public_address import absolute, parse
from deewhy.tests.server.test_serve import ServeTestCase

from .fixtures.http_proxy import HttpProxy, UnixConnection
from .fixtures.nodes import happens_within


class ParseTests(SimpleTestCase):
    def test_takes_several_of_one_scheme_and_path(self):
        urls = parse("https://a.example/shop/, https://b.example:444/shop")

        self.assertEqual([url.netloc for url in urls], ["a.example", "b.example:444"])

    def test_names_the_invalid_address(self):
        for text in (
            *("shop.example", "https://", "ftp://a", "https://a?b", "https://a#b"),
            *("https://u@a", "https://a:b", "https://a,", "https://a/admin"),
            *("https://a,http://b", "https://a/b,https://a/c"),
        ):
            with (
                self.subTest(text),
                self.assertRaisesMessage(ImproperlyConfigured, f"got {text!r}"),
            ):
                parse(text)


@override_settings(
    PUBLIC_URL_IS_SET=True,
    PUBLIC_URLS=parse("http://shop.example:8080,http://other.example"),
    ALLOWED_HOSTS=["shop.example", "other.example", "localhost", "127.0.0.1", "[::1]"],
)
class LinkTests(SimpleTestCase):
    def host_of_links(self, host):
        page = self.client.get("/api/v1/docs", headers={"host": host})
        return re.search(r"http://([^/]+)/api/v1/classify", page.content.decode())[1]

    def test_name_the_public_address_whatever_this_machine_is_called(self):
        for host in ("127.0.0.1:8987", "localhost", "[::1]:8987", "shop.example", ""):
            with self.subTest(host):
                self.assertEqual(self.host_of_links(host), "shop.example:8080")

    def test_name_the_public_address_of_the_request(self):
        self.assertEqual(self.host_of_links("other.example:80"), "other.example")

    def test_a_host_that_is_none_of_ours_is_not_answered(self):
        with self.assertLogs("django.security.DisallowedHost", "ERROR"):
            response = self.client.get("/upload", headers={"host": "evil.example"})

        self.assertEqual(response.status_code, 400)

    def test_without_a_request_name_the_first(self):
        self.assertEqual(absolute("/x"), "http://shop.example:8080/x")
        with override_settings(FORCE_SCRIPT_NAME="/shop"):
            self.assertEqual(absolute("/x"), "http://shop.example:8080/shop/x")
            self.assertEqual(absolute("/shop/x"), "http://shop.example:8080/shop/x")


@tag("cassandra", "slow")
class SubPathTests(ServeTestCase, TransactionTestCase):
    """Behind a proxy that passes on no Host, at a sub-path, on a Unix socket."""

    databases = {"cassandra"}

    def test_everything_is_reached_through_either_kind_of_proxy(self):
        socket = str(self.folder / "socket")
        proxies = [
            HttpProxy(
                lambda: UnixConnection(socket), "/shop", is_taken_off=is_taken_off
            )
            for is_taken_off in (True, False)
        ]
        for proxy in proxies:
            self.addCleanup(proxy.close)
        public = [f"http://localhost:{proxy.port}/shop" for proxy in proxies]
        self.serve(
            BIND=f"unix:{socket}",
            PUBLIC_URL=",".join(public),
            CHECKPOINTS_DIR="checkpoints",
            ADMIN_PASSWORD="only-for-this-test",
        )
        is_there = happens_within(180, lambda: "Serving unix:" in self.said())
        self.assertIs(is_there, True, self.said())

        for url in public:
            with self.subTest(url):
                self.follow(url, public[0])

    def follow(self, url, first):
        """Send, look, sign in; each link and redirect stays below the sub-path."""
        session = requests.Session()
        page = session.get(f"{url}/", timeout=60)
        self.assertEqual(page.url, f"{url}/upload")
        for path in re.findall(r'(?:href|src)="(/[^"]*)"', page.text):
            with self.subTest(path):
                self.assertTrue(path.startswith("/shop/"))
                self.assertEqual(session.get(urljoin(url, path)).status_code, 200)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)[1]
        answer = session.post(
            f"{url}/upload",
            {"csrfmiddlewaretoken": token},
            files={"file": make_garment()},
            headers={"Origin": origin(url)},
            timeout=60,
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("/shop/uploads/", answer.url)
        self.assertIn(f"{first}/uploads/", answer.text)  # the link to share
        self.assertTrue(all(cookie.path == "/shop/" for cookie in session.cookies))
        call = session.post(f"{url}/api/v1/classify", files={"file": make_garment()})
        self.assertTrue(call.headers["Location"].startswith(f"{first}/api/v1/uploads/"))
        self.assertEqual(session.get(f"{url}/healthz").json(), {"status": "ok"})
        self.sign_in(session, url)

    def sign_in(self, session, url):
        page = session.get(f"{url}/admin/", timeout=60)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)[1]
        form = {"username": "admin", "password": "only-for-this-test"}
        page = session.post(
            page.url,
            {**form, "csrfmiddlewaretoken": token, "next": "/shop/admin/"},
            headers={"Origin": origin(url)},
            timeout=60,
        )
        self.assertEqual((page.status_code, page.url), (200, f"{url}/admin/"))


def origin(url):
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
