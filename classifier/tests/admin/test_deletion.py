"""Deletion of uploads in the admin, with their pictures."""

import io
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from cassandra import OperationTimedOut
from django.contrib.admin.models import DELETION, LogEntry
from django.test import override_settings, tag
from django.urls import reverse

from classifier import history, pictures
from classifier.history import suggestions
from classifier.spool import records
from classifier.spool.breaker import Breaker
from deewhy.cassandra import session

from ..fixtures.uploads import make_upload
from ..history.test_embeddings import embedding
from .test_admin import LIST, SignedInTestCase


@tag("cassandra")
class UploadDeletionTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.folder = Path(folder)
        self.first, self.second = self.record(make_upload(), make_upload())
        for upload in (self.first, self.second):
            self.keep_pictures(upload)

    def keep_pictures(self, upload):
        pictures.store(upload.stored_name, io.BytesIO(b"sent"))
        for derived in pictures.DERIVED:
            pictures.path(upload.stored_name, derived).write_bytes(b"made later")

    def files(self):
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def test_one_leaves_with_its_pictures(self):
        address = reverse("admin:classifier_upload_delete", args=[self.first.id])

        self.client.post(address, {"post": "yes"})

        self.assertIsNone(history.get(self.first.id))
        self.assertIsNotNone(history.get(self.second.id))
        self.assertTrue(
            all(path.name.startswith(str(self.second.id)) for path in self.files())
        )

    def test_is_logged_with_the_user(self):
        address = reverse("admin:classifier_upload_delete", args=[self.first.id])

        with self.assertLogs("classifier.operations.audit", "INFO") as logs:
            self.client.post(address, {"post": "yes"})

        [record] = logs.records
        self.assertEqual(
            record.getMessage(),
            f"Upload {self.first.id} was deleted by the user '{self.root}'.",
        )

    def test_all_that_are_ticked_leave_and_the_log_tells(self):
        ids = [str(self.first.id), str(self.second.id)]
        ticked = {"action": "delete_selected", "_selected_action": ids}

        self.client.post(LIST, {**ticked, "post": "yes"})

        self.assertEqual(self.ids(self.client.get(LIST)), [])
        self.assertEqual(self.files(), [])
        logged = LogEntry.objects.filter(action_flag=DELETION)
        self.assertCountEqual(logged.values_list("object_id", flat=True), ids)

    @mock.patch.object(records, "breaker", Breaker(0))
    def test_cut_short_at_any_step_it_can_be_done_again(self):
        history.delete(self.second)
        pictures.remove(self.second.stored_name)
        suggestions.keep(self.first.id, "Bag")
        history.replace_embedding(self.first, embedding(1.0))
        address = reverse("admin:classifier_upload_delete", args=[self.first.id])
        statuses = []

        while not statuses or statuses[-1] != 302:
            with cassandra_that_answers(len(statuses)):
                statuses.append(self.client.post(address, {"post": "yes"}).status_code)

        self.assertGreater(len(statuses), 5)
        self.assertEqual(set(statuses[:-1]), {503})
        self.assertEqual(self.files(), [])
        self.assertEqual(self.tables_with_rows(), [])

    def tables_with_rows(self):
        """Return the tables of uploads that are not empty."""
        return [
            table
            for table in (
                "upload",
                "upload_by_sha256",
                "upload_by_file_name",
                "upload_by_name_start",
                "upload_suggestion",
                "embedding",
            )
            if session.execute(f"SELECT * FROM {table} LIMIT 1").one()
        ]


@contextmanager
def cassandra_that_answers(times):
    """Let a number of statements through, and none after them."""
    left = iter(range(times))

    def limited(function):
        def wrapper(*args):
            if next(left, None) is None:
                raise OperationTimedOut
            return function(*args)

        return wrapper

    with mock.patch.multiple(
        session,
        execute=limited(session.execute),
        execute_async=limited(session.execute_async),
    ):
        yield
