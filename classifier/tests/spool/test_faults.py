import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psutil
import requests
from django.conf import settings
from django.test import override_settings

from deewhy.cassandra import session
from deewhy.tests.fixtures.proxy import Proxy

from ..fixtures.pictures import make_garment
from ..fixtures.service import ServiceTestCase, service_keyspace

PATIENCE_S = 120  # on a busy machine; alone it takes two seconds


class FaultTests(ServiceTestCase):
    """The quick ones of `make test-faults`: a real service, cut off from its node."""

    @classmethod
    def setUpClass(cls):
        cls.proxy = Proxy(settings.CASSANDRA_PORT)
        cls.addClassCleanup(cls.proxy.close)
        with override_settings(CASSANDRA_PORT=cls.proxy.port):
            super().setUpClass()

    def upload(self, size):
        answer = requests.post(
            f"{self.url}/api/v1/classify",
            files={"file": make_garment((size, size))},
            timeout=PATIENCE_S,
        )
        self.assertEqual(answer.status_code, 201, answer.text)
        return answer.json()["id"]

    def mend(self):
        """Let the service reach its node again, and wait until nothing waits."""
        self.proxy.mend()
        until = time.monotonic() + PATIENCE_S
        while self.waiting() and time.monotonic() < until:
            time.sleep(0.2)

    def waiting(self):
        return requests.get(f"{self.url}/readyz", timeout=PATIENCE_S).json()[
            "waiting_uploads"
        ]

    def recorded(self):
        rows = session.execute(f"SELECT id FROM {service_keyspace()}.upload")
        return [str(row["id"]) for row in rows]

    def test_an_answered_upload_is_recorded_once_after_any_fault(self):
        known = self.recorded()
        first = self.upload(50)

        self.proxy.cut()
        spooled = [self.upload(size) for size in (60, 70)]
        psutil.Process(self.process.pid).children()[0].kill()
        spooled.append(self.upload(80))
        self.assertGreaterEqual(self.waiting(), len(spooled))

        self.mend()
        self.assertCountEqual(self.recorded(), [*known, first, *spooled])

    def test_the_click_that_was_refused_deletes_the_picture_later(self):
        visitor = requests.Session()
        visitor.get(f"{self.url}/upload", timeout=PATIENCE_S)
        form = {"csrfmiddlewaretoken": visitor.cookies["csrftoken"], "example": "1"}
        page = visitor.post(f"{self.url}/upload", form, timeout=PATIENCE_S).url

        def click():
            return visitor.post(f"{page}/delete", form, timeout=PATIENCE_S)

        self.proxy.cut()
        refused = [click() for _ in range(3)]
        self.proxy.mend()
        until = time.monotonic() + PATIENCE_S
        while not (done := click()).ok and time.monotonic() < until:
            time.sleep(0.2)

        self.assertEqual({each.status_code for each in refused}, {503})
        self.assertIn("Retry-After", refused[0].headers)
        self.assertIn("/receipts/", done.url)
        self.assertNotIn(page.rpartition("/")[2], self.recorded())

    def test_the_same_call_many_times_at_once_makes_one_upload(self):
        known = self.recorded()

        def classify(key):
            return requests.post(
                f"{self.url}/api/v1/classify",
                files={"file": make_garment()},
                headers={"Idempotency-Key": key},
                timeout=PATIENCE_S,
            )

        self.proxy.cut()
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(classify, [str(uuid.uuid4())] * 4))
        self.mend()

        self.assertEqual({each.status_code for each in answers}, {201})
        [id] = {each.json()["id"] for each in answers}
        self.assertCountEqual(self.recorded(), [*known, id])
