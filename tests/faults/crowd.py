"""More visitors than the service can serve, at their own pace, and their answers."""

import hashlib
import threading
import time
from http.client import HTTPConnection, HTTPException
from itertools import count

import numpy as np
import requests
from urllib3 import encode_multipart_formdata

from .ledger import ACKNOWLEDGED, REFUSED, UNANSWERED
from .visitors import PATIENCE_S, draw_picture, get_token

SAMPLE_EVERY_S = 2


class Crowd:
    """Visitors who send pictures for some seconds.

    Args:
        service: the service under load.
        ledger: records each picture and its outcome.
        visitors: the largest number of uploads at a time.
        rate: pictures a second; None: each visitor waits for the last answer.
    """

    def __init__(self, service, ledger, visitors, rate=None):
        self.service = service
        self.ledger = ledger
        self.visitors = visitors
        self.rate = rate
        self.accepted_s, self.refused_s, self.memory_mb = [], [], []
        self.impolite = 0  # refused without saying when to come again
        self.seconds = 0.0
        self.tickets = count()
        self.lock = threading.Lock()

    def send_for(self, seconds):
        """Return once they have sent for so long."""
        session = requests.Session()
        get_token(session, self.service.url)
        token = session.cookies["csrftoken"]
        self.begin = time.monotonic()
        self.end = self.begin + seconds
        threads = [
            threading.Thread(target=self._visit, args=[token])
            for _ in range(self.visitors)
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < self.end:
            workers = self.service.workers()
            memory = sum(worker.memory_info().rss for worker in workers)
            self.memory_mb.append(memory / 1e6)
            time.sleep(SAMPLE_EVERY_S)
        for thread in threads:
            thread.join()
        self.seconds = time.monotonic() - self.begin
        return self

    @property
    def accepted_per_s(self):
        return len(self.accepted_s) / self.seconds

    def memory_in(self, part, parts=4):
        """Return the mean of a part of the time, in MB."""
        return float(np.array_split(self.memory_mb, parts)[part].mean())

    def _visit(self, token):
        sender = Sender(self.service, token)
        while self._wait_for_turn():
            picture = draw_picture()
            sha256 = hashlib.sha256(picture).hexdigest()
            self.service.known.add(sha256)
            request = sender.prepare(picture)
            try:
                start = time.perf_counter()
                answer = sender.send(*request)
                seconds = time.perf_counter() - start
            except (OSError, HTTPException):
                self.ledger.note(sha256, UNANSWERED)
                continue
            self._note(sha256, answer, seconds)

    def _wait_for_turn(self):
        if self.rate is not None:
            with self.lock:
                turn = self.begin + next(self.tickets) / self.rate
            time.sleep(max(0.0, min(turn, self.end) - time.monotonic()))
        return time.monotonic() < self.end

    def _note(self, sha256, answer, seconds):
        is_accepted = answer.status == 303
        self.ledger.note(sha256, ACKNOWLEDGED if is_accepted else REFUSED)
        with self.lock:
            (self.accepted_s if is_accepted else self.refused_s).append(seconds)
            self.impolite += not is_accepted and (
                answer.status != 503 or "Retry-After" not in answer.headers
            )


class Sender:
    """Sends pictures by the form, and leaves the machine to the service: for its part
    of a request, `requests` needs several times as long."""

    def __init__(self, service, token):
        self.token = token
        self.connection = HTTPConnection(*service.address, timeout=PATIENCE_S)

    def prepare(self, picture):
        """Return the body and the head of a request."""
        body, content_type = encode_multipart_formdata(
            {"csrfmiddlewaretoken": self.token, "file": ("shirt.png", picture)}
        )
        head = {"Content-Type": content_type, "Cookie": f"csrftoken={self.token}"}
        return body, head

    def send(self, body, head):
        """Return the answer once it is here; it has a status and headers."""
        try:
            self.connection.request("POST", "/upload", body, head)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self.connection.close()  # the next request opens another
            raise
        return answer
