import threading
from io import BytesIO
from unittest import mock

from django.test import SimpleTestCase, TestCase

from classifier.exceptions import Overloaded
from classifier.limits import concurrency
from classifier.limits.concurrency import PixelBudget, concurrency_limited
from deewhy.tests.fixtures.nodes import happens_within

from ..fixtures.pictures import make_garment


class ConcurrencyLimitTests(SimpleTestCase):
    def setUp(self):
        places = threading.BoundedSemaphore(2)
        self.enterContext(mock.patch.multiple(concurrency, _places=places, WAIT_S=0.1))

    def test_refuses_when_all_places_are_taken(self):
        with (
            concurrency_limited(),
            concurrency_limited(),
            self.assertRaises(Overloaded),
            concurrency_limited(),
        ):
            self.fail("A third one was admitted.")

    def test_waits_a_moment_for_a_place(self):
        with mock.patch.object(concurrency, "WAIT_S", 30), concurrency_limited():
            other = concurrency_limited()
            other.__enter__()
            threading.Timer(0.1, other.__exit__, [None, None, None]).start()
            with concurrency_limited():
                pass

    def test_a_place_is_free_again_after_the_work(self):
        for _ in range(5):
            with concurrency_limited():
                pass

    def test_a_place_is_free_again_after_a_failure(self):
        for _ in range(5):
            with self.assertRaises(ZeroDivisionError), concurrency_limited():
                raise ZeroDivisionError


class PixelBudgetTests(SimpleTestCase):
    def setUp(self):
        self.budget = PixelBudget(100)
        self.entered = []

    def start(self, pixels):
        """Take room in a thread; return the event that ends its work."""
        leave = threading.Event()
        thread = threading.Thread(target=self.work, args=[pixels, leave])
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(leave.set)
        return leave

    def work(self, pixels, leave):
        with self.budget.reserved(pixels):
            self.entered.append(pixels)
            leave.wait()

    def assertEntered(self, *expected):
        happens_within(5, lambda: len(self.entered) >= len(expected))
        self.assertEqual(self.entered, [*expected])

    def test_small_ones_share_it(self):
        self.start(40)
        self.start(60)

        self.assertTrue(happens_within(5, lambda: len(self.entered) == 2))

    def test_a_large_one_waits_until_there_is_room(self):
        leave = self.start(40)
        self.assertEntered(40)
        self.start(70)
        self.assertFalse(happens_within(0.2, lambda: len(self.entered) > 1))

        leave.set()
        self.assertEntered(40, 70)

    def test_none_overtakes_one_that_waits(self):
        leave = self.start(40)
        self.assertEntered(40)
        self.start(70)
        happens_within(5, self.budget.turn.locked)
        self.start(10)
        self.assertFalse(happens_within(0.2, lambda: len(self.entered) > 1))

        leave.set()
        self.assertEntered(40, 70, 10)

    def test_one_larger_than_all_gets_all(self):
        self.start(1000)

        self.assertEntered(1000)

    def test_there_is_room_again_after_a_failure(self):
        for _ in range(3):
            with self.assertRaises(ZeroDivisionError), self.budget.reserved(100):
                raise ZeroDivisionError


class BusyTests(TestCase):
    def setUp(self):
        places = threading.Semaphore(0)
        self.enterContext(mock.patch.multiple(concurrency, _places=places, WAIT_S=0.1))

    def post(self, url):
        return self.client.post(url, {"file": BytesIO(make_garment())})

    def test_the_page_says_try_again(self):
        response = self.post("/upload")

        self.assertContains(response, "More pictures arrive", status_code=503)
        self.assertContains(response, "Try again", status_code=503)
        self.assertEqual(response["Retry-After"], "10")

    def test_a_program_is_told_so_too(self):
        response = self.post("/api/v1/classify")

        self.assertContains(response, "Too many pictures at once", status_code=503)
        self.assertIn("Retry-After", response)
