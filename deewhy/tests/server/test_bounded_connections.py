"""Clients that take too much or nothing, at workers with small limits."""

import socket
import time

import psutil
import requests
from django.test import SimpleTestCase

from ..fixtures.echo import LONG_ANSWER_BYTES
from ..fixtures.nodes import happens_within
from .test_buffering_worker import received, start_server, stop
from .test_hostile_connections import HEAD, POST

UPLOAD = POST + b"Content-Type: image/png\r\nContent-Length: 900000\r\n\r\n"


class BoundedTestCase(SimpleTestCase):
    """A server of one worker, and clients of it."""

    configuration = None
    first_request = HEAD % b"GET /" + b"\r\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        option = f"--config=python:deewhy.tests.fixtures.{cls.configuration}"
        cls.server, cls.address = start_server(option)
        cls.addClassCleanup(stop, cls.server)
        with socket.create_connection(cls.address, timeout=60) as client:
            client.sendall(cls.first_request)
            cls.first_answer = client.recv(100)
        [cls.worker] = psutil.Process(cls.server.pid).children()

    def connect(self, sent=b""):
        client = socket.create_connection(self.address, timeout=10)
        self.addCleanup(client.close)
        client.sendall(sent)
        return client

    def assertIsGivenUp(self):
        """The worker ends each connection, before a client has read anything."""
        self.assertTrue(happens_within(20, lambda: not self.connections()))

    def connections(self):
        return [
            each
            for each in self.worker.net_connections()
            if each.status == psutil.CONN_ESTABLISHED
        ]


class SumTests(BoundedTestCase):
    """A worker that keeps 1 MB of requests and answers in all."""

    configuration = "tight_conf"
    first_request = b""

    def test_a_connection_that_cannot_be_accepted_ends_alone(self):
        answer = requests.get("http://{}:{}".format(*self.address), timeout=10)

        self.assertEqual((self.first_answer, answer.status_code), (b"", 200))
        self.assertTrue(self.worker.is_running())

    def test_the_newest_large_upload_gives_way_to_the_others(self):
        first = self.connect(UPLOAD + bytes(600_000))
        time.sleep(0.2)
        second = self.connect(UPLOAD + bytes(600_000))

        self.assertTrue(received(second).startswith("HTTP/1.1 503 "))
        first.sendall(bytes(300_000))
        self.assertTrue(first.recv(100).startswith(b"HTTP/1.1 200"))

    def test_an_answer_that_nobody_reads_gives_way(self):
        client = self.connect(HEAD % b"GET /long" + b"\r\n")
        self.assertTrue(client.recv(1, socket.MSG_PEEK))

        self.assertIsGivenUp()
        self.assertLess(len(received(client)), LONG_ANSWER_BYTES)


class StallTests(BoundedTestCase):
    """A worker that waits a second for clients that stall."""

    configuration = "stall_conf"

    def test_a_body_that_stops_is_given_up(self):
        self.assertEqual(self.connect(UPLOAD).recv(1), b"")

    def test_an_answer_that_nobody_reads_is_given_up(self):
        client = self.connect(HEAD % b"GET /long" + b"\r\n")
        self.assertTrue(client.recv(1, socket.MSG_PEEK))

        self.assertIsGivenUp()

    def test_a_download_that_nobody_reads_is_given_up(self):
        client = self.connect(HEAD % b"GET /endless" + b"\r\n")
        self.assertTrue(client.recv(1, socket.MSG_PEEK))

        self.assertIsGivenUp()
