"""Live guesses at a webcam's frames: bounded, and nothing of them is kept."""

import base64
from contextlib import ExitStack
from unittest import mock

from django.conf import settings
from django.test import override_settings, tag

from classifier.limits import guesses
from classifier.limits.concurrency import concurrency_limited
from classifier.views import guesses as guess_views
from deewhy.server.request_head import RequestHead

from ..fixtures.pictures import make_garment, make_picture
from .test_views import PageTestCase


def as_url(content, kind="jpeg"):
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


FRAME = as_url(make_picture((224, 168), "navy", "JPEG"))


@tag("cassandra")
class GuessTests(PageTestCase):
    def guess(self, frame=FRAME, **headers):
        return self.client.post("/guess", {"frame": frame}, headers=headers)

    def test_answers_in_words_and_keeps_nothing(self):
        response = self.guess(**{"accept-language": "zh-hans"})

        self.assertEqual(set(response.json()), {"headline", "probability"})
        self.assertRegex(response.json()["headline"], "[\u4e00-\u9fff]")
        self.assertNothingKept()

    def test_takes_no_place_of_an_upload(self):
        with ExitStack() as places:
            for _ in range(settings.UPLOADS_AT_ONCE):
                places.enter_context(concurrency_limited())

            self.assertEqual(self.guess().status_code, 200)

    def test_is_no_file_to_the_server(self):
        head = RequestHead(
            b"POST /guess HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n"
            b"Content-Type: application/x-www-form-urlencoded;charset=UTF-8"
        )

        self.assertFalse(head.brings_file)

    def test_another_frame_in_work_is_not_waited_for(self):
        with guess_views._turn:
            self.assertEqual(self.guess().status_code, 503)

        self.assertEqual(self.guess().status_code, 200)

    @mock.patch.object(guesses, "PER_MINUTE", 1)
    @override_settings(UPLOADS_PER_MINUTE=1)
    def test_has_a_limit_of_its_own(self):
        first, second = self.guess(), self.guess()

        self.assertEqual((first.status_code, second.status_code), (200, 429))
        self.assertIn("Retry-After", second)
        self.assertEqual(self.post(make_garment()).status_code, 303)

    def test_refuses_all_but_small_jpegs(self):
        for name, frame in {
            "nothing": "",
            "no picture": as_url(b"\xff\xd8 and no more"),
            "another format": as_url(make_picture((64, 64), "navy", "PNG"), "png"),
            "a hidden format": as_url(make_picture((64, 64), "navy", "PNG")),
            "a photograph": as_url(make_picture((640, 480), "navy", "JPEG")),
            "no base64": "data:image/jpeg;base64,é",
            "too long": FRAME + "A" * 50_000,
        }.items():
            with self.subTest(name):
                self.assertEqual(self.guess(frame).status_code, 400)
