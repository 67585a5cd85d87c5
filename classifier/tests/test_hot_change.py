"""A promoted checkpoint answers in each process without a restart."""

import tempfile
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from django.test import SimpleTestCase, override_settings
from PIL import Image

from classifier import prediction
from classifier.networks import checkpoints

from .fixtures.networks import make_checkpoint

PICTURE = Image.new("RGB", (60, 40), "navy")


class HotChangeTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=self.folder))
        self.enterContext(mock.patch.object(prediction, "_served", None))
        self.enterContext(mock.patch.object(prediction, "_refusal", None))
        make_checkpoint("new", class_names=["a", "b"])
        make_checkpoint("old")
        prediction.served()

    def damage(self, version):
        with open(self.folder / version / checkpoints.HEAD, "ab") as file:
            file.write(b"!")

    def test_is_taken(self):
        checkpoints.serve("new")
        prediction.refresh()

        answer = prediction.served().classify(PICTURE)
        self.assertEqual(answer.network_version, "new")
        self.assertEqual(answer.class_names, ("a", "b"))

    def test_no_answer_is_of_two_networks(self):
        versions = {"old": 3, "new": 2}
        is_over = threading.Event()

        def ask():
            answers = []
            while not is_over.is_set():
                answers.append(prediction.served().classify(PICTURE))
            return answers

        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(ask) for _ in range(2)]
            for version in ("new", "old") * 3:
                checkpoints.serve(version)
                prediction.refresh()
            is_over.set()

        for answer in [each for future in asked for each in future.result()]:
            count = versions[answer.network_version]
            self.assertEqual(len(answer.probabilities), count)
            self.assertEqual(len(answer.class_names), count)

    def test_the_old_one_goes_with_its_last_call(self):
        in_use = prediction.served()
        gone = weakref.ref(in_use)

        checkpoints.serve("new")
        prediction.refresh()
        in_use.classify(PICTURE)
        del in_use

        self.assertIsNone(gone())

    def test_a_broken_one_is_refused_and_said_once(self):
        self.damage("new")
        checkpoints.serve("new")

        with self.assertLogs("classifier.prediction", "ERROR") as logged:
            prediction.refresh()
            prediction.refresh()

        self.assertEqual(len(logged.output), 1)
        self.assertIn("old goes on answering", logged.output[0])
        self.assertEqual(prediction.served().version, "old")

    def test_one_that_was_mended_is_taken_later(self):
        head = self.folder / "new" / checkpoints.HEAD
        content = head.read_bytes()
        self.damage("new")
        checkpoints.serve("new")
        with self.assertLogs("classifier.prediction", "ERROR"):
            prediction.refresh()
        head.write_bytes(content)

        with mock.patch.object(prediction, "RETRY_AFTER_S", 0):
            prediction.refresh()

        self.assertEqual(prediction.served().version, "new")

    def test_a_pointer_that_is_gone_changes_nothing(self):
        checkpoints.pointer().unlink()

        with self.assertLogs("classifier.prediction", "ERROR"):
            prediction.refresh()

        self.assertEqual(prediction.served().version, "old")
