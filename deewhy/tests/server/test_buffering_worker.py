import contextlib
import hashlib
import json
import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time

import psutil
import requests
from django.conf import settings
from django.test import SimpleTestCase

from deewhy.server.buffers import IN_MEMORY_BYTES

from ..fixtures.echo import LONG_ANSWER_BYTES
from ..fixtures.nodes import happens_within

THREADS = 2
UPLOADS_AT_ONCE = 1
CROWD = 20  # clients, many times the threads
SHIRT = f"5 {hashlib.sha256(b'shirt').hexdigest()}"


class OneWorkerTestCase(SimpleTestCase):
    """A server of one worker with two threads, and sockets to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server, cls.address = start_server("--worker-connections=60")
        cls.addClassCleanup(stop, cls.server)
        cls.url = "http://{}:{}".format(*cls.address)
        requests.get(cls.url, timeout=60)

    def connect(self, *sent):
        client = socket.create_connection(self.address, timeout=10)
        self.addCleanup(client.close)
        for data in sent:
            client.sendall(data)
        return client


class BufferingWorkerTests(OneWorkerTestCase):
    """Clients that would stall gunicorn's own worker."""

    def assertServesOthers(self):
        """A visitor gets an answer while the crowd holds its connections."""
        for _ in range(5):
            self.assertEqual(requests.post(self.url, b"shirt", timeout=5).text, SHIRT)

    def test_slow_heads_take_no_thread(self):
        for _ in range(CROWD):
            self.connect(b"GET / HTTP/1.1\r\nHos")

        self.assertServesOthers()

    def test_slow_bodies_take_no_thread(self):
        for _ in range(CROWD):
            self.connect(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\ns")

        self.assertServesOthers()

    def test_slow_readers_take_no_thread(self):
        for _ in range(4):
            self.connect(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")

        self.assertServesOthers()

    def test_clients_that_do_not_hang_up_take_no_thread(self):
        for _ in range(CROWD // 2):
            head = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            self.assertTrue(self.connect(head).recv(1))

        self.assertServesOthers()

    def test_silent_clients_give_way_when_there_are_too_many(self):
        for _ in range(80):
            self.connect()

        self.assertServesOthers()

    def test_silent_clients_give_way_when_there_are_no_more_files(self):
        server, address = start_server(files=50)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, 10)
        self.addCleanup(server.terminate)
        url = "http://{}:{}".format(*address)
        requests.get(url, timeout=60)
        workers = psutil.Process(server.pid).children()
        for _ in range(60):
            client = socket.create_connection(address, timeout=60)
            self.addCleanup(client.close)

        self.assertEqual(requests.post(url, b"shirt", timeout=60).text, SHIRT)
        self.assertEqual(psutil.Process(server.pid).children(), workers)

    def test_a_body_that_comes_byte_by_byte_arrives_whole(self):
        head = b"POST / HTTP/1.0\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
        client = self.connect(*(bytes([byte]) for byte in head + b"shirt"))

        self.assertIn(SHIRT, received(client))

    def test_a_long_answer_reaches_a_slow_reader_whole(self):
        client = self.connect(b"GET /long HTTP/1.0\r\nHost: x\r\n\r\n")
        time.sleep(0.5)

        _head, _end, body = received(client).partition("\r\n\r\n")

        self.assertEqual(len(body), LONG_ANSWER_BYTES)

    def test_a_connection_serves_one_request_after_another(self):
        with requests.Session() as session:
            answers = {session.post(self.url, b"shirt").text for _ in range(20)}

        self.assertEqual(answers, {SHIRT})

    def test_tells_a_client_that_asks_to_go_on(self):
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        client = self.connect(head + b"Expect: 100-continue\r\n\r\n")

        self.assertEqual(client.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
        client.sendall(b"shirt")
        self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 200"))

    def test_keeps_no_more_of_a_body_than_shows_that_it_is_too_large(self):
        answer = requests.post(self.url + "/upload", b"\0" * 3_000_000, timeout=10)

        kept_bytes = int(answer.text.split()[0])
        self.assertGreater(kept_bytes, 1_000_000)
        self.assertLess(kept_bytes, 1_000_000 + (1 << 20))

    def test_refuses_requests_beyond_threads_and_queue(self):
        clients = [
            self.connect(b"GET /slow HTTP/1.0\r\nAccept-Language: zh-CN\r\n\r\n")
            for _ in range(CROWD)
        ]
        answers = [received(client) for client in clients]

        refused = [answer for answer in answers if " 503 " in answer]
        self.assertGreaterEqual(len(refused), 1)
        self.assertLessEqual(len(refused), CROWD - 5 * THREADS)
        self.assertIn("Retry-After: 10", refused[0])
        self.assertIn('lang="zh-hans"', refused[0])

    def test_refuses_a_program_in_its_own_words(self):
        slow = b"GET /slow HTTP/1.0\r\n\r\n"
        clients = [self.connect(slow) for _ in range(CROWD)]
        client = self.connect(b"GET /api/v1/uploads HTTP/1.0\r\n\r\n")

        head, _end, body = received(client).partition("\r\n\r\n")
        for each in clients:
            received(each)
        self.assertIn("Content-Type: application/problem+json", head)
        self.assertEqual(json.loads(body)["status"], 503)

    def test_workers_leave_the_address_to_the_next_master(self):
        server, address = start_server("--graceful-timeout=20")
        self.addCleanup(server.stderr.close)
        self.enterContext(requests.Session()).get("http://{}:{}".format(*address))
        server.kill()
        server.wait(10)

        self.assertTrue(happens_within(10, lambda: can_bind(address)))

    def test_one_with_endless_uploads_is_replaced(self):
        server, address = start_server(
            "--config=python:deewhy.tests.fixtures.watchdog_conf"
        )
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, 10)
        self.addCleanup(server.terminate)
        for _ in range(THREADS):
            client = socket.create_connection(address, timeout=60)
            self.addCleanup(client.close)
            client.sendall(b"GET /never-ends HTTP/1.0\r\n\r\n")
        received(client)

        url = "http://{}:{}".format(*address)
        self.assertEqual(requests.post(url, b"shirt", timeout=60).text, SHIRT)

    def test_survives_requests_that_are_none(self):
        for sent in (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"\0" * 70_000,
            b"GET / HTTP/1.1\r\n",
        ):
            with contextlib.suppress(ConnectionError):
                client = self.connect(sent)
                client.shutdown(socket.SHUT_WR)
                received(client)

        self.assertServesOthers()


class CrowdTests(SimpleTestCase):
    """A worker that works on one upload at once, and more of them at the same time."""

    def setUp(self):
        server, self.address = start_server()
        self.addCleanup(stop, server)
        requests.get("http://{}:{}".format(*self.address), timeout=60)

    def answers(self, heads):
        """Send requests of a byte at the same time; return the answers."""
        clients = [
            self.enterContext(socket.create_connection(self.address, timeout=10))
            for _ in heads
        ]
        for client, head in zip(clients, heads, strict=True):
            client.sendall(
                head + b"Content-Type: image/png\r\nContent-Length: 1\r\n\r\n1"
            )
        return [received(client) for client in clients]

    def answers_to(self, path, uploads):
        head = b"POST %b HTTP/1.0\r\nIdempotency-Key: 1\r\n" % path
        return self.answers([head] * uploads)

    def test_a_crowd_of_quick_uploads_is_served_whole(self):
        answers = self.answers_to(b"/", CROWD)

        self.assertEqual([" 200 " in each for each in answers], [True] * CROWD)

    def test_slow_uploads_are_refused_before_they_wait(self):
        for _ in range(2):  # it learns how slow they are
            self.answers_to(b"/slow", 1)

        answers = self.answers_to(b"/api/slow", CROWD)

        refused = [answer for answer in answers if " 503 " in answer]
        self.assertGreater(len(refused), CROWD // 2)
        self.assertLess(len(refused), CROWD)
        for answer in refused:
            self.assertRegex(answer, r"Retry-After: [1-9]\r")
            self.assertIn("#overloaded", answer)


class FullDiskTests(SimpleTestCase):
    """A worker with a full disk, so that only small requests fit, in memory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server, address = start_server(file_bytes=IN_MEMORY_BYTES + 100_000)
        cls.addClassCleanup(stop, cls.server)
        cls.url = "http://{}:{}".format(*address)
        requests.get(cls.url, timeout=60)

    def post(self, path, size, **headers):
        return requests.post(self.url + path, bytes(size), headers=headers, timeout=30)

    def open_files(self):
        [worker] = psutil.Process(self.server.pid).children()
        return worker.num_fds()

    def test_a_body_that_finds_no_room_is_refused_on_a_page(self):
        answer = self.post("/upload", 900_000)

        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.headers["Retry-After"], "10")
        self.assertIn("There is no room left", answer.text)

    def test_a_program_gets_a_problem(self):
        answer = self.post("/api/v1/classify", 900_000)

        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertTrue(answer.json()["type"].endswith("#storage-unavailable"))

    def test_leaves_nothing_behind_and_serves_others(self):
        before = self.open_files()

        for _ in range(5):
            self.post("/upload", 900_000)

        self.assertEqual(requests.post(self.url, b"shirt", timeout=5).text, SHIRT)
        self.assertTrue(happens_within(10, lambda: self.open_files() <= before))


def stop(server):
    server.terminate()
    server.wait(60)
    server.stderr.close()


def received(client):
    """Return all that a client gets until the server hangs up."""
    return b"".join(iter(lambda: client.recv(1 << 16), b"")).decode()


def start_server(*options, files=None, file_bytes=None):
    """Return a gunicorn with one such worker, and where it listens.

    Args:
        files: how many each of its processes may open, if not the usual number.
        file_bytes: how large a file may become, if it may not be of any size.
    """

    def limit_files():
        if files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        if file_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "deewhy.tests.fixtures.echo", "-w1"),
            f"--threads={THREADS}",
            "--bind=127.0.0.1:0",
            "--worker-class=deewhy.server.buffering_worker.BufferingWorker",
            "--config=/dev/null",
            "--no-control-socket",
            *options,
        ],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "MAX_UPLOAD_BYTES": "1000000",
            "UPLOADS_AT_ONCE": str(UPLOADS_AT_ONCE),
        },
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit_files,
    )
    for line in server.stderr:
        if found := re.search(r"Listening at: http://([\d.]+):(\d+)", line):
            break
    server.log = []
    threading.Thread(
        target=server.log.extend, args=[server.stderr], daemon=True
    ).start()
    return server, (found[1], int(found[2]))


def can_bind(address):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
        return True
