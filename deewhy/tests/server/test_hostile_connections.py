"""What one stranger sends or leaves unread costs his connection, and nothing else."""

import time

import psutil
import requests

from ..fixtures.nodes import happens_within
from .test_buffering_worker import SHIRT, OneWorkerTestCase, received

HEAD = b"%b HTTP/1.1\r\nHost: x\r\n"
POST = HEAD % b"POST /upload"
CALL = HEAD % b"POST /api/v1/classify"


class HostileTests(OneWorkerTestCase):
    """One worker, which is still the same one after each test."""

    def setUp(self):
        [worker] = psutil.Process(self.server.pid).children()
        self.addCleanup(self.assertIsServedBy, worker)

    def assertIsServedBy(self, worker):
        answer = requests.post(self.url, b"shirt", timeout=10)
        self.assertEqual(answer.text, SHIRT)
        self.assertEqual(psutil.Process(self.server.pid).children(), [worker])

    def assertAnswers(self, status, *sent):
        """There is one answer, and the connection ends."""
        text = received(self.connect(*sent))
        self.assertEqual(text.count("HTTP/1.1 "), 1, text[:300])
        self.assertTrue(text.startswith(f"HTTP/1.1 {status} "), text[:300])
        return text

    def test_lengths_that_are_none_are_refused(self):
        for value in (b"-1", b"+5", b"5x", b"", b"0x5", b"5, 5", b"\xb2"):
            with self.subTest(value):
                self.assertAnswers(400, POST + b"Content-Length: %b\r\n\r\n" % value)

    def test_lengths_of_thousands_of_digits_are_refused(self):
        for digits in (16, 4_300, 4_301, 60_000):
            with self.subTest(digits):
                length = b"Content-Length: " + b"9" * digits
                self.assertAnswers(413, POST + length + b"\r\n\r\n")

    def test_chunks_are_refused_at_the_head(self):
        head = b"Transfer-Encoding: chunked\r\n\r\n"
        for rest in ((b"",), (b"zz\r\n\r\n",), (b"1\r\nx\r\n0\r", b"\n\r\n")):
            with self.subTest(rest):
                self.assertAnswers(411, POST + head + rest[0], *rest[1:])

    def test_a_program_is_told_why_in_its_own_words(self):
        text = self.assertAnswers(411, CALL + b"Transfer-Encoding: chunked\r\n\r\n")

        self.assertIn("Content-Type: application/problem+json", text)
        self.assertIn("#length-needed", text)

    def test_heads_that_two_readers_could_differ_on_are_refused(self):
        for lines in (
            b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            b"Content-Length : 5\r\n",
            b"Content-Length: 5\r\n folded: x\r\n",
            b"X: y\nContent-Length: 5\r\n",
            b"X: \0\r\n",
            b"X: y\rContent-Length: 5\r\n",
            b"nothing\r\n",
            b"Host: y\r\n",
            b"Content-Type: image/png\r\nContent-Type: text/plain\r\n",
        ):
            with self.subTest(lines):
                self.assertAnswers(400, POST + lines + b"\r\n" + HEAD % b"GET /" * 2)

    def test_two_fields_of_which_servers_choose_either_are_refused_at_the_head(self):
        # Gunicorn refuses them too, but not before the body has come.
        for lines in (
            b"Host: y\r\n",
            b"Content-Type: image/png\r\nContent-Type: text/plain\r\n",
            b"Content-Length: 5\r\n",
        ):
            with self.subTest(lines):
                self.assertAnswers(400, POST + lines + b"Content-Length: 5\r\n\r\n")

    def test_lines_that_end_in_a_line_feed_alone_are_refused(self):
        self.assertAnswers(400, b"GET / HTTP/1.1\nHost: x\n\n")

    def test_large_bodies_are_refused_where_nothing_is_uploaded(self):
        length = b"Content-Length: 70000\r\n"
        picture = length + b"Content-Type: image/png\r\n\r\n"
        for head in (
            HEAD % b"POST /healthz" + picture,
            HEAD % b"GET /upload" + picture,
            HEAD % b"POST /x?/upload" + picture,
            POST + length + b"Content-Type: text/plain\r\n\r\n",
        ):
            with self.subTest(head):
                self.assertAnswers(413, head)

    def test_large_bodies_are_taken_in_at_each_address_that_leads_to_an_upload(self):
        for path in ("/upload", "/upload/", "/deewhy/upload", "/api/v1/classify/"):
            with self.subTest(path):
                headers = {"Content-Type": "image/png"}
                answer = requests.post(
                    self.url + path, bytes(70_000), headers=headers, timeout=10
                )
                self.assertTrue(answer.text.startswith("70000 "), answer.text[:300])

    def test_a_large_call_of_another_type_is_told_the_types(self):
        head = b"Content-Length: 70000\r\nContent-Type: text/plain\r\n\r\n"

        self.assertIn("#media-type", self.assertAnswers(415, CALL + head))

    def test_an_answer_that_breaks_midway_is_seen_to(self):
        for path in ("/broken", "/broken-file", "/broken-history"):
            with (
                self.subTest(path),
                self.assertRaises(requests.RequestException),
            ):
                requests.get(self.url + path, timeout=10)

    def test_an_answer_without_chunks_that_breaks_midway_is_reset(self):
        client = self.connect(b"GET /broken HTTP/1.0\r\n\r\n")

        with self.assertRaises(ConnectionResetError):
            received(client)

    def test_a_download_is_made_no_faster_than_it_is_read(self):
        client = self.connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        body = b"".join(iter(lambda: client.recv(1 << 20)[-9:], b""))

        self.assertTrue(body.endswith(b"0\r\n\r\n"))

    def test_no_address_gets_into_the_log(self):
        self.assertAnswers(417, HEAD % b"GET /" + b"Expect: nothing\r\n\r\n")

        self.assertTrue(
            happens_within(10, lambda: "Invalid" in "".join(self.server.log))
        )
        self.assertNotIn("127.0.0.1", "".join(self.server.log))

    def test_a_slow_upload_stays_while_silent_connections_come(self):
        head = b"Content-Type: image/png\r\nContent-Length: 70000\r\n\r\n"
        client = self.connect(POST + head, bytes(30_000))
        for _ in range(150):
            self.connect()
        client.sendall(bytes(40_000))

        self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 200"))

    def test_an_address_has_at_most_half_of_the_connections(self):
        first, *_others, last = [self.connect() for _ in range(31)]

        self.assertEqual(first.recv(1), b"")
        last.sendall(HEAD % b"GET /" + b"\r\n")
        self.assertTrue(last.recv(100).startswith(b"HTTP/1.1 200"))
