import tempfile
from pathlib import Path
from unittest import mock

from django.test import SimpleTestCase

from classifier import durable_files


class SyncFoldersTests(SimpleTestCase):
    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.day = self.root / "2026" / "11" / "28"

    def synced(self):
        """Keep a file of the day; return the folders that were synced for it."""
        top = durable_files.make_folder(self.day, self.root)
        with mock.patch.object(durable_files, "sync") as sync:
            durable_files.sync_folders(self.day, top)
        return [str(call.args[0].relative_to(self.root)) for call in sync.mock_calls]

    def test_a_new_folder_is_synced_with_its_parents(self):
        self.assertEqual(self.synced(), ["2026/11/28", "2026/11", "2026", "."])

    def test_later_only_the_folder_of_the_new_name_is(self):
        self.synced()

        self.assertEqual(self.synced(), ["2026/11/28"])

    def test_a_folder_that_was_made_again_is_synced_with_its_parents(self):
        self.synced()
        self.day.rename(self.day.with_name("old"))

        self.assertEqual(len(self.synced()), 4)

    def test_a_failed_sync_is_made_up_for(self):
        durable_files.make_folder(self.day, self.root)
        with (
            mock.patch.object(durable_files, "sync", side_effect=[None, OSError]),
            self.assertRaises(OSError),
        ):
            durable_files.sync_folders(self.day, self.root)

        self.assertEqual(len(self.synced()), 4)
