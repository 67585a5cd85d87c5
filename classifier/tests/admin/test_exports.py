"""Downloads from the admin; `exports` is tested on its own."""

import csv
import io
import json
import zipfile
from unittest import mock

from django.contrib.auth.models import User
from django.test import tag
from django.urls import reverse

from classifier import history
from classifier.exceptions import HistoryUnavailable

from ..fixtures.uploads import make_upload
from ..pages.test_pages import newest_first
from .test_admin import LIST, SignedInTestCase


def address(format):
    return reverse("admin:classifier_upload_export", args=[format])


@tag("cassandra")
class ExportTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        self.bag, self.coat = self.record(
            make_upload(class_name="Bag", file_name="=cmd()"),
            make_upload(class_name="Coat"),
        )

    def text(self, response):
        return response.getvalue().decode()

    def test_sends_all_that_the_filters_let_through(self):
        response = self.client.get(address("csv"), {"class_name": "Bag", "size": 25})

        [row] = csv.DictReader(io.StringIO(self.text(response)[1:]))
        self.assertEqual(row["id"], str(self.bag.id))
        self.assertEqual(row["file_name"], "'=cmd()")
        self.assertIn("attachment", response["Content-Disposition"])

    def test_sends_the_selected_uploads(self):
        ticked = {"_selected_action": str(self.coat.id), "index": 0}

        response = self.client.post(LIST, {"action": "export_jsonl", **ticked})

        self.assertEqual(json.loads(self.text(response))["id"], str(self.coat.id))

    def test_sends_pictures_as_a_zip(self):
        response = self.client.get(address("zip"))

        archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
        self.assertEqual(archive.namelist(), ["uploads.csv"])  # no pictures were kept

    def test_is_written_down_with_ids_and_no_names(self):
        with self.assertLogs("classifier.operations.audit", "INFO") as logs:
            self.client.get(address("csv"), {"class_name": "Bag"}).getvalue()

        self.assertEqual(
            [record.getMessage() for record in logs.records],
            [
                f"An export as csv was begun by the user '{self.root}'.",
                f"An export as csv by the user '{self.root}' had 1 uploads, "
                f"from {self.bag.id} to {self.bag.id}.",
            ],
        )

    def test_is_written_down_from_the_newest_id_to_the_oldest(self):
        with self.assertLogs("classifier.operations.audit", "INFO") as logs:
            self.client.get(address("csv")).getvalue()

        newest, oldest = newest_first([self.bag, self.coat])
        said = f"had 2 uploads, from {newest.id} to {oldest.id}."
        self.assertIn(said, logs.records[-1].getMessage())

    def test_is_streamed(self):
        self.assertIs(self.client.get(address("csv")).streaming, True)

    def test_another_one_is_refused_until_it_ends(self):
        first = self.client.get(address("csv"))

        refused = self.client.get(address("csv"))
        self.assertContains(refused, "Another export is being", status_code=503)
        first.getvalue()
        self.assertEqual(self.client.get(address("csv")).status_code, 200)

    def test_one_that_nobody_reads_leaves_room_for_the_next(self):
        self.client.get(address("csv")).close()

        self.assertEqual(self.client.get(address("csv")).status_code, 200)

    def test_unknown_formats_and_filters_are_bad_requests(self):
        for target, query in (
            (address("exe"), {}),
            (address("csv"), {"class_name": "Hat"}),
        ):
            with self.subTest(target=target):
                self.assertEqual(self.client.get(target, query).status_code, 400)

    def test_is_a_page_that_says_so_while_cassandra_is_away(self):
        with mock.patch.object(history, "page", side_effect=HistoryUnavailable):
            response = self.client.get(address("csv"))

        self.assertEqual(response.status_code, 503)

    def test_needs_the_permission_to_view(self):
        self.client.force_login(User.objects.create_user("staff", is_staff=True))

        self.assertEqual(self.client.get(address("csv")).status_code, 403)
