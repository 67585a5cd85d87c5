import threading
from io import BytesIO
from unittest import mock

from django.test import SimpleTestCase, TestCase

from classifier import admission
from classifier.admission import admitted
from classifier.exceptions import Overloaded

from .pictures import make_garment


class AdmissionTests(SimpleTestCase):
    def setUp(self):
        places = threading.BoundedSemaphore(2)
        self.enterContext(mock.patch.object(admission, "_places", places))

    def test_refuses_when_all_places_are_taken(self):
        with admitted(), admitted(), self.assertRaises(Overloaded), admitted():
            self.fail("A third one was admitted.")

    def test_a_place_is_free_again_after_the_work(self):
        for _ in range(5):
            with admitted():
                pass

    def test_a_place_is_free_again_after_a_failure(self):
        for _ in range(5):
            with self.assertRaises(ZeroDivisionError), admitted():
                raise ZeroDivisionError


class BusyTests(TestCase):
    def setUp(self):
        places = threading.Semaphore(0)
        self.enterContext(mock.patch.object(admission, "_places", places))

    def post(self, url):
        return self.client.post(url, {"file": BytesIO(make_garment())})

    def test_the_page_says_try_again(self):
        response = self.post("/upload")

        self.assertContains(response, "More pictures are coming in", status_code=503)
        self.assertContains(response, "Try again", status_code=503)
        self.assertEqual(response["Retry-After"], "10")

    def test_a_program_is_told_so_too(self):
        response = self.post("/api/v1/classify")

        self.assertContains(response, "Too many pictures at once", status_code=503)
        self.assertIn("Retry-After", response)
