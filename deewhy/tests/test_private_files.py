import stat
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from deewhy.private_files import kept_secret, tighten


class PrivateFilesTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_a_secret_is_drawn_once(self):
        path = self.folder / "new" / "secret"

        self.assertEqual(kept_secret(path), kept_secret(path))
        self.assertGreater(len(path.read_text()), 50)

    def test_a_secret_and_its_folder_are_its_owners(self):
        path = self.folder / "new" / "secret"
        kept_secret(path)

        self.assertEqual((self.mode(path.parent), self.mode(path)), (0o700, 0o600))

    def test_leaves_a_folder_alone_that_is_everybodys(self):
        self.folder.chmod(0o1777)

        tighten(self.folder, 0o700)

        self.assertEqual(self.mode(self.folder), 0o1777)
        self.folder.chmod(0o700)

    def test_missing_files_are_no_error(self):
        tighten(self.folder / "missing", 0o700)
