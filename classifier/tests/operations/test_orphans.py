import os
import tempfile
import time
from io import BytesIO
from pathlib import Path
from unittest import mock

from django.test import TestCase, override_settings, tag

from classifier import history, pictures, uploads
from classifier.exceptions import HistoryUnavailable
from classifier.operations import orphans
from classifier.spool import records

from ..fixtures.pictures import make_garment
from ..fixtures.uploads import make_upload


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

    def test_finds_the_traces_of_a_crash(self):
        self.crash()
        self.let_settle()

        [orphan] = orphans.find(days=1)

        self.assertEqual(len(orphan.paths), 1)

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

        self.assertEqual(history.get(orphan.id).file_name, orphan.original.name)
        self.assertEqual(list(orphans.find(days=1)), [])
        self.assertEqual(orphan.original.read_bytes(), make_garment())

    def orphan(self):
        self.crash()
        self.let_settle()
        [orphan] = orphans.find(days=1)
        return orphan

    def assertInQuarantine(self, orphan, contents, reason):
        self.assertTrue(orphan.folder.is_relative_to(self.media / "quarantine"))
        files = {path.name: path.read_bytes() for path in orphan.folder.iterdir()}
        self.assertIn(reason, files.pop("reason.txt").decode())
        self.assertIn(reason, orphan.reason)
        self.assertEqual(files, contents)
        self.assertEqual(list(orphans.find(days=1)), [])

    def contents(self, orphan):
        return {path.name: path.read_bytes() for path in orphan.paths}

    def test_an_unreadable_file_goes_into_quarantine_with_the_reason(self):
        orphan = self.orphan()
        orphan.original.write_bytes(make_garment()[:60])
        contents = self.contents(orphan)

        self.assertIs(orphan.mend(), False)

        self.assertInQuarantine(orphan, contents, "is incomplete or damaged")

    def test_derived_files_without_a_picture_do_too(self):
        orphan = self.orphan()
        made = orphan.original.with_suffix(f".{pictures.THUMBNAIL}")
        orphan.original.rename(made)
        orphan.paths = (made,)
        contents = self.contents(orphan)

        self.assertIs(orphan.mend(), False)

        self.assertInQuarantine(orphan, contents, "is not there")

    def test_nothing_in_quarantine_is_overwritten(self):
        for _ in range(2):
            orphan = self.orphan()
            orphan.original.write_bytes(b"none")
            orphan.mend()
            again = orphans.Orphan(orphan.id, orphan.paths)
            orphan.original.write_bytes(b"restored")
            again.mend()

            self.assertEqual(
                (orphan.folder / orphan.original.name).read_bytes(), b"none"
            )
            self.assertNotEqual(again.folder, orphan.folder)

    def test_a_picture_above_todays_limits_stays_where_it_is(self):
        for limits in ({"MAX_UPLOAD_PIXELS": 100}, {"MAX_UPLOAD_BYTES": 100}):
            orphan = self.orphan()
            contents = self.contents(orphan)
            with self.subTest(limits), override_settings(**limits):
                self.assertIs(orphan.mend(), False)

                self.assertEqual(self.contents(orphan), contents)
                self.assertIsNone(orphan.folder)
                self.assertIn(f"raise {next(iter(limits))}", orphan.reason)
            self.assertIs(orphan.mend(), True)

    def deleted(self):
        """Return an orphan: a deleted upload's picture that came back."""
        upload = uploads.receive(
            BytesIO(make_garment()), file_name="a.png", source="form"
        )
        records.delete(upload)
        self.let_settle()
        [orphan] = orphans.find(days=1)
        return orphan

    def test_a_picture_with_a_newer_deletion_is_not_called_recorded(self):
        orphan = self.deleted()
        contents = self.contents(orphan)

        self.assertIs(orphan.mend(), False)

        self.assertInQuarantine(orphan, contents, "was deleted")
        self.assertIsNone(history.get(orphan.id))

    def test_a_deletion_reaches_into_quarantine(self):
        orphan = self.deleted()
        orphan.mend()

        self.assertIs(uploads.delete_by_id(orphan.id), True)

        self.assertFalse(orphan.folder.exists())

    def test_files_set_aside_by_a_deletion_are_removed(self):
        orphan = self.orphan()
        pictures.set_aside(f"{orphan.original.relative_to(self.media)}")
        [orphan] = orphans.find(days=1)

        self.assertIs(orphan.mend(), False)

        self.assertIs(orphan.is_left, False)
        self.assertIn("Its interrupted deletion is complete", orphan.reason)
