import re

from django.conf import settings
from django.test import SimpleTestCase

FOLDERS = {"T": "classifier/tests", "D": "deewhy/tests"}
NAMED = re.compile(r"`([TD]) ((?:\w+/)*test_\w+\.py)(?:::(test_\w+))?`")


class ThreatModelTests(SimpleTestCase):
    def test_every_test_that_it_names_exists(self):
        text = (settings.BASE_DIR / "docs" / "threat-model.md").read_text()
        named = set(NAMED.findall(text))
        self.assertGreater(len(named), 30)
        for folder, file, test in named:
            with self.subTest(f"{file}::{test}"):
                path = settings.BASE_DIR / FOLDERS[folder] / file
                self.assertIn(f"def {test}", path.read_text())
