import contextlib
import io
import json
import tempfile
import uuid
from pathlib import Path
from unittest import mock

from django.db import connection
from django.test import TestCase, override_settings, tag

from classifier import uploads
from classifier.exceptions import HistoryUnavailable
from classifier.spool import records
from classifier.webhooks import late
from classifier.webhooks.models import Message, announce_late
from classifier.webhooks.sending import look

from ..fixtures.pictures import make_garment
from ..fixtures.receiver import SECRET, Receiver


@contextlib.contextmanager
def refusing_messages():
    """Let the default database take no message, as if its disk were full."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON webhooks_message BEGIN "
            "SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER refuse")


@tag("cassandra")
class LateTests(TestCase):
    """The default database takes nothing while an upload is answered."""

    databases = {"default", "cassandra"}

    def setUp(self):
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.receiver = self.enterContext(Receiver())
        self.enterContext(
            override_settings(
                MEDIA_ROOT=self.media,
                WEBHOOK_URL=self.receiver.url,
                WEBHOOK_SECRET=SECRET,
            )
        )
        self.enterContext(mock.patch.object(records.breaker, "retry_at", None))

    def receive(self, id=None):
        return uploads.receive(
            io.BytesIO(make_garment()), file_name="ann.png", source="api", id=id
        )

    def receive_unannounced(self):
        with refusing_messages():
            upload = self.receive()
        self.assertFalse(Message.objects.exists())
        return upload

    def notes(self):
        return list(self.media.joinpath(late.FOLDER).glob("*"))

    def told(self):
        """Return the ids of the uploads that the other side was told of."""
        look()
        bodies = [json.loads(body) for *_, body in self.receiver.received]
        return [uuid.UUID(body["data"]["id"]) for body in bodies]

    def test_an_upload_is_announced_once_the_database_is_back(self):
        upload = self.receive_unannounced()

        self.assertEqual(self.told(), [upload.id])
        self.assertEqual(self.notes(), [])

    def test_the_note_stays_while_the_database_is_away(self):
        upload = self.receive_unannounced()
        with refusing_messages(), contextlib.suppress(Exception):
            announce_late()

        self.assertEqual(self.told(), [upload.id])

    def test_the_note_stays_while_nobody_can_tell_whether_it_was_deleted(self):
        upload = self.receive_unannounced()
        with mock.patch.object(records, "find", side_effect=HistoryUnavailable):
            announce_late()

        self.assertEqual(self.told(), [upload.id])

    def test_they_come_in_the_order_of_the_uploads(self):
        made = [self.receive_unannounced() for _ in range(3)]

        self.assertEqual(self.told(), [upload.id for upload in made])

    def test_an_upload_that_was_deleted_is_not_announced(self):
        uploads.delete(self.receive_unannounced())

        self.assertEqual(self.notes(), [])
        self.assertEqual(self.told(), [])

    def test_one_with_a_note_of_its_deletion_is_not_either(self):
        records.delete(self.receive_unannounced())

        self.assertEqual(self.told(), [])
        self.assertEqual(self.notes(), [])

    def test_a_call_that_was_cut_short_is_announced_by_its_second_try(self):
        upload = self.receive()
        Message.objects.all().delete()  # as if killed before there was one

        self.receive(upload.id)

        self.assertEqual(self.told(), [upload.id])

    def test_a_second_message_about_an_upload_has_the_id_of_the_first(self):
        upload = self.receive()
        self.receive(upload.id)
        self.assertEqual(len(self.told()), 1)

        self.receive(upload.id)

        self.assertEqual(self.told(), [upload.id] * 2)
        ids = {head["webhook-id"] for _, head, _ in self.receiver.received}
        self.assertEqual(len(ids), 1)
