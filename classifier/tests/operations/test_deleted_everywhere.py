"""After each way of deletion, every table and folder is searched for remains.

Only the id may remain: in a receipt, and with the staff member's name in the admin log.
"""

import json
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import override_settings, tag
from django.utils import timezone

from classifier import explanation, history, pictures, prediction, uploads
from classifier.api.models import RememberedCall, Scope
from classifier.exceptions import HistoryUnavailable
from classifier.history import suggestions
from classifier.operations import retention
from classifier.spool import draining, records
from classifier.spool.breaker import Breaker
from classifier.spool.models import WaitingUpload
from classifier.webhooks.models import Message
from classifier.webhooks.sending import send_due
from deewhy.cassandra import migrations
from deewhy.cassandra import session as cassandra_session

from ..api.test_calls import CallTestCase
from ..fixtures.photographs import make_photograph_checkpoint
from ..fixtures.pictures import make_garment
from ..fixtures.receiver import SECRET, Receiver

NAME = "passport-of-ann.png"
ADMIN = "/admin/classifier/upload/"


@tag("cassandra")
class DeletedTestCase(CallTestCase):
    """One upload of which the service remembers everything that it can."""

    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(VAR_DIR=Path(folder)))
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        self.enterContext(mock.patch.object(prediction, "_served", None))
        make_photograph_checkpoint()
        self.receiver = self.enterContext(Receiver())
        self.enterContext(
            override_settings(WEBHOOK_URL=self.receiver.url, WEBHOOK_SECRET=SECRET)
        )
        boss = User.objects.create_superuser("chief")
        self.client.force_login(boss)

    def keep(self, *more):
        """Send a picture with a key; return the answer."""
        response = self.send((NAME, make_garment()), *more, **{"Idempotency-Key": "k"})
        answer = response.json()
        self.upload = answer if "id" in answer else answer["outcomes"][0]["upload"]
        self.id = uuid.UUID(self.upload["id"])
        return answer

    def remember_all(self):
        """Keep it, and have everything made that can be made from it."""
        self.keep()
        upload = history.get(self.id)
        suggestions.keep(self.id, "Coat")
        explanation.heat_map(upload)
        self.client.post(f"{ADMIN}{self.id}/correct/", {"class_name": "Coat"})
        path = pictures.path(upload.stored_name)
        path.with_name(f".{path.name}.part").touch()
        self.assertEqual(LogEntry.objects.count(), 1)

    def found(self, *texts):
        """Return where any of some texts is: tables of both databases, and files."""
        places = {*self.tables_of_default(), *self.tables_of_cassandra()}
        folders = {*settings.MEDIA_ROOT.rglob("*"), *settings.VAR_DIR.rglob("*")}
        contents = {path: path.read_bytes() for path in folders if path.is_file()}
        return {
            place for place, row in places if any(text in row for text in texts)
        } | {
            path.name
            for path, content in contents.items()
            if any(text in str(path) or text.encode() in content for text in texts)
        }

    def tables_of_default(self):
        for model in apps.get_models():
            if model._meta.managed and model._meta.app_label != "classifier":
                for row in model._base_manager.values():
                    yield model.__name__, json.dumps(row, default=str)

    def tables_of_cassandra(self):
        session, keyspace = cassandra_session.session(), cassandra_session.keyspace()
        for table in migrations.tables(session, keyspace):
            for row in session.execute(f"SELECT * FROM {keyspace}.{table}"):
                yield table, str(row)

    def assert_gone(self, *, id_in=()):
        """Look for name and digest anywhere, and for the id but where it may be."""
        self.assertEqual(self.found(NAME, self.upload["sha256"]), set())
        self.assertEqual(self.found(str(self.id)), set(id_in))
        self.assertEqual(self.kept_files(), [])
        send_due()
        self.assertEqual(self.receiver.received, [])


class WaysTests(DeletedTestCase):
    def test_everything_is_remembered_at_first(self):
        self.remember_all()

        places = self.found(NAME, self.upload["sha256"], str(self.id))
        self.assertLessEqual(
            {
                "LogEntry",
                "Message",
                "RememberedCall",
                "embedding",
                "upload",
                "upload_by_file_name",
                "upload_by_name_start",
                "upload_by_sha256",
                "upload_suggestion",
            },
            places,
        )

    def test_a_program_deletes_it(self):
        self.remember_all()

        self.client.delete(
            f"/api/v1/uploads/{self.id}", headers=self.bearer(Scope.DELETE)
        )

        self.assert_gone(id_in=["LogEntry"])

    def test_staff_delete_it(self):
        self.remember_all()

        self.client.post(f"{ADMIN}{self.id}/delete/", {"post": "yes"})

        self.assert_gone(id_in=["LogEntry"])
        self.assertEqual(LogEntry.objects.filter(action_flag=DELETION).count(), 1)

    def test_staff_delete_all_that_are_ticked(self):
        self.remember_all()
        ticked = {"action": "delete_selected", "_selected_action": [str(self.id)]}

        self.client.post(ADMIN, {**ticked, "post": "yes"})

        self.assert_gone(id_in=["LogEntry"])

    def test_it_goes_by_its_age(self):
        self.remember_all()
        with (
            override_settings(UPLOAD_TTL_DAYS=1),
            mock.patch.object(retention, "last_day", lambda age: timezone.now().date()),
            mock.patch.object(history, "days_between", self.days_of_this_upload),
        ):
            retention.delete_old()

        self.assert_gone(id_in=["LogEntry"])

    def test_it_is_purged(self):
        self.remember_all()
        with (
            mock.patch.object(retention, "last_day", lambda age: timezone.now().date()),
            mock.patch.object(history, "days_between", self.days_of_this_upload),
        ):
            call_command("purge", "--older-than", "1d", verbosity=0)

        self.assert_gone(id_in=["LogEntry"])

    def days_of_this_upload(self, first, last):
        """Stand for the days: a purged one would take no other test's upload more."""
        yield history.get(self.id).day, 1

    def test_cassandra_forgot_it_by_itself(self):
        self.remember_all()
        upload = history.get(self.id)
        history.delete(upload)
        suggestions.delete(self.id)
        pictures.remove(upload.stored_name)

        uploads.forget_aged(timezone.now() + timedelta(seconds=1))

        self.assert_gone(id_in=["LogEntry"])

    @mock.patch.object(records, "breaker", Breaker(0))
    def test_it_has_not_left_the_spool(self):
        with mock.patch.object(history, "record", side_effect=HistoryUnavailable):
            self.keep()
        self.assertEqual(WaitingUpload.objects.count(), 1)

        uploads.delete_by_id(self.id)
        draining.drain()

        self.assert_gone()


class VisitorTests(DeletedTestCase):
    def test_a_visitor_deletes_it(self):
        content = make_garment()
        self.client.get("/upload")
        self.client.post("/upload", {"file": SimpleUploadedFile(NAME, content)})
        self.upload = json.loads(Message.objects.get().body)["data"]
        self.id = uuid.UUID(self.upload["id"])

        response = self.client.post(f"/uploads/{self.id}/delete")

        self.assertEqual(response.status_code, 303)
        self.assert_gone()


class ReplayTests(DeletedTestCase):
    def test_the_same_call_again_is_told_that_it_was_deleted(self):
        self.keep()
        uploads.delete_by_id(self.id)

        again = self.send((NAME, make_garment()), **{"Idempotency-Key": "k"})

        self.assertEqual(again.status_code, 410)
        self.assertTrue(again.json()["type"].endswith("#upload-deleted"))
        self.assertEqual(self.kept_files(), [])
        self.assert_gone()

    def test_of_several_the_others_are_answered_as_before(self):
        first = self.keep(("b.png", make_garment((70, 70))), ("c.txt", b"none"))
        uploads.delete_by_id(self.id)

        again = self.send(
            (NAME, make_garment()),
            ("b.png", make_garment((70, 70))),
            ("c.txt", b"none"),
            **{"Idempotency-Key": "k"},
        )

        gone, *others = again.json()["outcomes"]
        self.assertEqual(gone["problem"]["status"], 410)
        self.assertEqual(others, first["outcomes"][1:])
        self.assertEqual(self.found(NAME, self.upload["sha256"], str(self.id)), set())

    def test_an_answer_that_comes_after_the_deletion_is_not_remembered(self):
        def deletes_it(upload, **kwargs):
            self.id = upload.id
            self.upload = {"sha256": upload.sha256}
            uploads.delete_by_id(upload.id)

        uploads.received.connect(deletes_it)
        self.addCleanup(uploads.received.disconnect, deletes_it)
        self.send((NAME, make_garment()), **{"Idempotency-Key": "k"})

        self.assertEqual(RememberedCall.objects.count(), 1)
        self.assert_gone()


class CutShortTests(DeletedTestCase):
    @mock.patch.object(records, "breaker", Breaker(0))
    def test_while_cassandra_is_away_nothing_is_forgotten(self):
        self.remember_all()
        with mock.patch.object(
            cassandra_session, "execute", side_effect=cassandra_session.SchemaMissing
        ):
            response = self.client.delete(
                f"/api/v1/uploads/{self.id}", headers=self.bearer(Scope.DELETE)
            )

        self.assertEqual(response.status_code, 503)
        self.assertIsNotNone(RememberedCall.objects.get().answer)
        self.assertEqual(Message.objects.count(), 1)
