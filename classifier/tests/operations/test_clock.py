import tempfile
import time
from io import BytesIO
from unittest import mock

from django.test import TestCase, override_settings, tag

from classifier import history, uploads

from ..fixtures.pictures import make_garment

HOUR_NS = 3_600_000_000_000


@tag("cassandra")
class ClockSetBackTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))

    def receive(self, time_ns):
        with mock.patch("classifier.timeuuid.time.time_ns", return_value=time_ns):
            file = BytesIO(make_garment())
            return uploads.receive(file, file_name="a.png", source="form").id

    def test_uploads_after_it_was_set_back_are_kept_beside_those_before(self):
        now = time.time_ns()

        ids = [self.receive(now), self.receive(now - HOUR_NS), self.receive(now)]

        self.assertEqual(len(set(ids)), 3)
        self.assertCountEqual(ids, [row.id for row in history.page().rows])
        for id in ids:
            with self.subTest(id=id):
                self.assertEqual(history.get(id).id, id)
