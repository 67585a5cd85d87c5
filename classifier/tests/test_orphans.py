import os
import tempfile
import time
from io import BytesIO
from pathlib import Path
from unittest import mock

from django.test import TestCase, override_settings, tag

from classifier import history, orphans, uploads
from classifier.exceptions import HistoryUnavailable
from classifier.spool import records

from .pictures import make_garment
from .uploads import make_upload


@tag("cassandra")
class OrphanTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.media = Path(folder)
        self.enterContext(override_settings(MEDIA_ROOT=self.media))

    def crash(self):
        """Die after the picture was kept and before it was recorded."""
        with (
            mock.patch.object(records, "keep", side_effect=SystemExit),
            self.assertRaises(SystemExit),
        ):
            uploads.receive(BytesIO(make_garment()), file_name="a.png", source="form")

    def let_settle(self):
        long_ago = time.time() - orphans.GRACE_S - 1
        for path in self.files():
            os.utime(path, (long_ago, long_ago))

    def files(self):
        return [path for path in self.media.rglob("*") if path.is_file()]

    def test_finds_what_a_crash_left(self):
        self.crash()
        self.let_settle()

        [orphan] = orphans.find(days=1)

        self.assertEqual(len(orphan.paths), 4)

    def test_leaves_an_upload_alone_that_may_be_under_way(self):
        self.crash()

        self.assertEqual(list(orphans.find(days=1)), [])

    def test_a_picture_with_a_record_is_no_orphan(self):
        uploads.receive(BytesIO(make_garment()), file_name="a.png", source="form")
        self.let_settle()

        self.assertEqual(list(orphans.find(days=1)), [])

    def test_looks_back_as_far_as_is_asked(self):
        upload = make_upload()  # of 2024
        path = self.media / upload.stored_name
        path.parent.mkdir(parents=True)
        path.write_bytes(make_garment())
        self.let_settle()

        self.assertEqual(list(orphans.find(days=7)), [])
        self.assertEqual([each.id for each in orphans.find(days=0)], [upload.id])

    def test_tells_nothing_while_cassandra_is_away(self):
        self.crash()
        self.let_settle()

        with (
            mock.patch.object(records, "find", side_effect=HistoryUnavailable),
            self.assertRaises(HistoryUnavailable),
        ):
            list(orphans.find(days=1))

    def test_mending_records_a_whole_picture_under_its_id(self):
        self.crash()
        self.let_settle()
        [orphan] = orphans.find(days=1)

        self.assertIs(orphan.mend(), True)

        self.assertEqual(history.get(orphan.id).class_name, "Trouser")
        self.assertEqual(list(orphans.find(days=1)), [])
        self.assertEqual(orphan.original.read_bytes(), make_garment())

    def test_mending_removes_what_is_no_whole_picture(self):
        self.crash()
        self.let_settle()
        [orphan] = orphans.find(days=1)
        orphan.original.write_bytes(make_garment()[:60])

        self.assertIs(orphan.mend(), False)

        self.assertEqual(self.files(), [])

    def test_mending_removes_pictures_made_of_one_that_never_came(self):
        self.crash()
        [original] = self.media.rglob("*-*[0-9a-f].png")
        original.unlink()
        self.let_settle()
        [orphan] = orphans.find(days=1)

        orphan.mend()

        self.assertEqual(self.files(), [])
