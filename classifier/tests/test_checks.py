import tempfile
from pathlib import Path

from django.core.checks import run_checks
from django.test import SimpleTestCase, override_settings

from .fixtures.networks import make_checkpoint


def ids():
    return {message.id for message in run_checks()}


class CheckpointCheckTests(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))

    def test_missing_checkpoint_is_a_warning(self):
        self.assertIn("classifier.W001", ids())

    def test_complete_checkpoint_is_fine(self):
        make_checkpoint()

        self.assertNotIn("classifier.W001", ids())


class MediaFolderCheckTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_folder_that_can_be_made_is_fine(self):
        with override_settings(MEDIA_ROOT=self.folder / "media"):
            self.assertNotIn("classifier.W002", ids())

    def test_file_in_the_way_is_a_warning(self):
        (self.folder / "media").write_text("")

        with override_settings(MEDIA_ROOT=self.folder / "media" / "pictures"):
            self.assertIn("classifier.W002", ids())
