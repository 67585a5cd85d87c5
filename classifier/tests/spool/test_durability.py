import os
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import SimpleTestCase, TestCase

from classifier.spool.models import WaitingUpload
from deewhy.tests.fixtures.nodes import free_port

from ..fixtures.pictures import make_garment
from ..fixtures.traces import FOLDERS, NAMES, WRITES, lost, trace
from ..fixtures.uploads import make_upload

MAKES = FOLDERS | NAMES

# It makes a folder to say how far it is.
PROGRAM = """
import os
import django

django.setup()

from django.core.management import call_command
from classifier import uploads
from classifier.spool import doubtful
from classifier.webhooks import late

call_command("migrate", database="default", verbosity=0)
with open({picture!r}, "rb") as file:
    upload = uploads.receive(file, file_name="a.png", source="api")
os.mkdir({folder!r} + "/answered")
late.note(upload.id)
doubtful.note(upload)
os.mkdir({folder!r} + "/noted")
"""


@pytest.mark.strace
class OrderTests(SimpleTestCase):
    """An upload while Cassandra is away, by the system calls that it makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory())).resolve()
        cls.media = folder / "new" / "media"
        picture = folder / "picture.png"
        picture.write_bytes(make_garment())
        environment = {
            "VAR_DIR": str(folder),
            "MEDIA_ROOT": str(cls.media),
            "DATABASE_URL": f"sqlite:///{folder}/traced.sqlite3",
            "CASSANDRA_HOSTS": "127.0.0.1",
            "CASSANDRA_PORT": str(free_port()),  # nobody listens there
            "DJANGO_SETTINGS_MODULE": "deewhy.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        program = PROGRAM.format(picture=str(picture), folder=str(folder))
        calls = trace(program, folder, os.environ | environment)
        cls.folder = str(folder)
        cls.calls = [
            call
            for call in calls
            if call.paths and call.paths[-1].startswith(cls.folder)
        ]

    def before(self, path):
        """Return the calls before the one that gives a file or folder its name."""
        is_made = [call.name in MAKES and call.paths[-1] == path for call in self.calls]
        return self.calls[: is_made.index(True)]

    def in_media(self, paths):
        return {each for each in paths if each.startswith(str(self.media.parent))}

    def is_named(self, call):
        return call.name in NAMES and call.paths[-1].startswith(str(self.media))

    def test_a_picture_and_its_folders_are_on_disk_before_the_record(self):
        named = next(call for call in self.calls if self.is_named(call))
        last = self.calls.index(named)
        record = next(
            number
            for number, call in enumerate(self.calls)
            if number > last and call.name in WRITES and call.paths[-1].endswith("-wal")
        )

        self.assertEqual(self.in_media(lost(self.calls[:record])), set())
        self.assertLess(record, len(self.before(f"{self.folder}/answered")))

    def test_no_file_has_its_name_before_its_content_is_on_disk(self):
        for call in filter(self.is_named, self.calls):
            with self.subTest(call.paths[-1]):
                self.assertNotIn(call.paths[0], lost(self.before(call.paths[-1])))

    def test_the_record_is_on_disk_before_the_answer(self):
        before = lost(self.before(f"{self.folder}/answered"))

        self.assertEqual({each for each in before if each.endswith("-wal")}, set())

    def test_notes_are_on_disk_before_their_effects(self):
        before = self.before(f"{self.folder}/noted")

        self.assertEqual(len(list(filter(self.is_named, before))), 3)
        self.assertEqual(self.in_media(lost(before)), set())


class CommitTests(TestCase):
    def test_a_record_is_spooled_by_a_transaction_of_its_own(self):
        """One around it could be rolled back after the answer."""
        with self.assertRaisesMessage(RuntimeError, "durable"), transaction.atomic():
            WaitingUpload.objects.add(make_upload())

    def test_sqlite_syncs_each_commit(self):
        with connection.cursor() as cursor:
            synchronous = cursor.execute("PRAGMA synchronous").fetchone()

        self.assertEqual(synchronous, (2,))  # FULL
