import os
import tempfile
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import TestCase, override_settings, tag

from classifier.limits.models import Usage

from ..fixtures.pictures import make_garment

PICTURE = make_garment()
SIZE = len(PICTURE)
AWAY = "10.9.8.7"


@tag("cassandra")
class QuotaTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.folder = folder

    def call(self, **extra):
        return self.client.post(
            "/api/v1/classify", PICTURE, content_type="image/png", **extra
        )

    def form(self, count=1, **extra):
        files = [_file(f"{number}.png") for number in range(count)]
        return self.client.post("/upload", {"file": files}, **extra)

    def kept(self):
        return [name for _, _, names in os.walk(self.folder) for name in names]

    @override_settings(UPLOAD_BYTES_PER_DAY=2 * SIZE)
    def test_an_address_may_send_so_many_bytes_by_the_api(self):
        statuses = [self.call().status_code for _ in range(3)]

        self.assertEqual(statuses, [201, 201, 429])

    @override_settings(UPLOAD_BYTES_PER_DAY=SIZE)
    def test_the_call_over_it_is_told_the_limit_and_when_to_come_again(self):
        self.call()

        response = self.call()

        self.assertIn("a day. Wait ", response.json()["detail"])
        self.assertIn("quota-used-up", response.json()["type"])
        self.assertAlmostEqual(int(response["Retry-After"]), 86_400, delta=60)

    @override_settings(UPLOAD_BYTES_PER_DAY=2 * SIZE)
    def test_by_the_form_all_pictures_count_and_none_is_kept_beyond(self):
        response = self.form(3)

        self.assertContains(response, "a day from one address", status_code=429)
        self.assertEqual(self.kept(), [])

    @override_settings(UPLOAD_BYTES_PER_DAY=SIZE)
    def test_others_have_their_own(self):
        self.call()

        self.assertEqual(self.call(REMOTE_ADDR=AWAY).status_code, 201)

    @override_settings(UPLOAD_BYTES_PER_DAY_IN_ALL=SIZE)
    def test_all_addresses_together_have_a_limit_too(self):
        self.call()

        with self.assertLogs("classifier.api.errors", "ERROR"):
            response = self.call(REMOTE_ADDR=AWAY)
        with self.assertLogs("classifier.error_pages", "ERROR"):
            page = self.form(REMOTE_ADDR=AWAY)

        self.assertEqual(response.status_code, 507)
        self.assertIn("storage-full", response.json()["type"])
        self.assertContains(
            page, "The operator has to free disk space", status_code=507
        )

    @override_settings(DISK_RESERVE_BYTES=1 << 60)
    def test_the_last_bytes_of_the_disk_are_left(self):
        with self.assertLogs("classifier.api.errors", "ERROR"):
            self.assertEqual(self.call().status_code, 507)

        self.assertEqual(self.kept(), [])

    @override_settings(UPLOAD_BYTES_PER_DAY=1)
    def test_goes_uncounted_while_the_default_database_is_away(self):
        away = mock.patch.object(Usage, "objects", _Away())
        with away, self.assertLogs("classifier.limits.rates", "WARNING"):
            self.assertEqual(self.call().status_code, 201)


class _Away:
    """A table of a database that does not answer."""

    def __getattr__(self, name):
        raise DatabaseError("away")


def _file(name):
    return SimpleUploadedFile(name, PICTURE, "image/png")
