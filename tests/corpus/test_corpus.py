"""Send every file of a folder by the form, and print the outcome of each.

CORPUS=/tmp/pictures .venv/bin/python -m pytest -s tests/corpus
"""

import collections
import os
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase, override_settings

from classifier import history
from classifier.exceptions import HistoryUnavailable

LONGEST_S = 10
FOLDER = os.environ.get("CORPUS", "")


@override_settings(UPLOADS_PER_MINUTE=0)
class CorpusTests(TestCase):
    def test_each_file_is_kept_or_refused_with_a_reason(self):
        counts, faults = collections.Counter(), []
        media = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=Path(media)))
        # The records go to the spool, since the files are under test.
        away = mock.patch.object(history, "record", side_effect=HistoryUnavailable)
        self.enterContext(away)
        for path in sorted(each for each in Path(FOLDER).rglob("*") if each.is_file()):
            outcome, seconds = self.send(path)
            counts[path.suffix.lower(), outcome] += 1
            if outcome.startswith("5") or seconds > LONGEST_S:
                faults.append(f"{path}: {outcome}, {seconds:.1f} s")
        for (suffix, outcome), count in sorted(counts.items()):
            sys.stdout.write(f"{suffix or 'no suffix':<12} {outcome:<20} {count}\n")
        self.assertEqual(faults, [])
        self.assertTrue(counts, "Name a folder with files by CORPUS.")

    def send(self, path):
        """Return the outcome of a file, and the seconds that it took."""
        file = SimpleUploadedFile("sent", path.read_bytes())
        start = time.monotonic()
        response = Client(raise_request_exception=False).post("/upload", {"file": file})
        seconds = time.monotonic() - start
        refused = (response.context or {}).get("refused") or []
        code = refused[0].code if refused else str(response.status_code)
        return code or "form", seconds
