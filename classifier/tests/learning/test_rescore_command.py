import datetime
import io
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings, tag

from classifier import history, prediction
from classifier.embeddings import SEARCHED, StoredEmbedding
from classifier.history.rescores import Rescore
from classifier.labels import CLASS_NAMES
from classifier.networks import checkpoints

from ..fixtures.photographs import DIMENSIONS, make_photograph_checkpoint
from ..fixtures.uploads import NOON, make_upload

DAY = datetime.timedelta(1)


def stop_after_one(write=history.write_rescores):
    """Return a function that writes one batch, and is interrupted at the next."""
    batches = []

    def write_once(rescored):
        batches.append(rescored)
        if len(batches) > 1:
            raise KeyboardInterrupt
        write(rescored)

    return write_once


@tag("cassandra")
class RescoreTests(TestCase):
    """Four uploads of two days that one network answered, and another network."""

    databases = {"default", "cassandra"}

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        other = make_photograph_checkpoint("other", head=1)
        first = make_photograph_checkpoint("first", head=0)
        self.version = first.embedding_version
        self.assertEqual(other.embedding_version, self.version)
        self.first, self.other = map(prediction.load, (first, other))
        random = np.random.default_rng(3)
        self.uploads = [
            self.record(NOON - number % 2 * DAY, random) for number in range(4)
        ]

    def record(self, at, random):
        levels = random.integers(-100, 101, DIMENSIONS).astype(np.int8).tobytes()
        [probabilities], _ = self.first.score([levels])
        label = int(probabilities.argmax())
        upload = make_upload(
            at,
            class_name=CLASS_NAMES[label],
            probability=float(probabilities[label]),
            probabilities=probabilities.tolist(),
            network_version="first",
        )
        upload.embedding = StoredEmbedding(self.version, levels, (0.0,) * SEARCHED)
        history.record(upload)
        return upload

    def rescore(self, **options):
        output = io.StringIO()
        call_command("rescore", network="other", stdout=output, **options)
        return output.getvalue()

    def rescored(self):
        return [history.rescore_of(upload.id) for upload in self.uploads]

    def expected(self, upload):
        [probabilities], [is_sure] = self.other.score([upload.embedding.levels])
        label = int(probabilities.argmax())
        name = CLASS_NAMES[label]
        return Rescore("other", name, float(probabilities[label]), bool(is_sure))

    def test_each_has_the_other_answer_beside_its_own(self):
        said = self.rescore()

        self.assertEqual(self.rescored(), [*map(self.expected, self.uploads)])
        for upload in self.uploads:
            kept = history.get(upload.id)
            self.assertEqual(kept.class_name, upload.class_name)
            self.assertEqual(kept.network_version, "first")
        self.assertIn("4 uploads have the answer of other", said)

    def test_a_dry_run_lists_the_changes_and_writes_nothing(self):
        said = self.rescore(dry_run=True)

        changed = [
            upload
            for upload in self.uploads
            if self.expected(upload).class_name != upload.class_name
        ]
        self.assertTrue(changed)
        for upload in changed:
            self.assertIn(str(upload.id), said)
        self.assertIn(f"{len(changed)} of them another class", said)
        self.assertEqual(self.rescored(), [None] * 4)

    def test_goes_on_where_it_stopped(self):
        stopped = mock.patch.object(history, "write_rescores", stop_after_one())
        with stopped, self.assertRaisesMessage(CommandError, "Run it again to go on"):
            self.rescore()
        self.assertEqual(self.rescored().count(None), 2)

        self.assertIn("2 uploads have", self.rescore())
        self.assertIn("0 uploads have", self.rescore())

    def test_a_later_one_takes_the_place_of_the_one_before(self):
        self.rescore()
        make_photograph_checkpoint("third", head=2)

        call_command("rescore", stdout=io.StringIO())

        versions = {each.network_version for each in self.rescored()}
        self.assertEqual(versions, {"third"})

    def test_goes_with_its_upload_and_does_not_come_back(self):
        [upload] = self.uploads[:1]
        [embedded] = history.embedded([upload], self.version)
        history.delete(upload)

        history.write_rescores([(embedded, self.expected(upload))])

        self.assertIsNone(history.rescore_of(upload.id))
        self.assertEqual(history.embedded([upload], self.version), [])

    def test_one_with_another_embedding_is_counted(self):
        make_photograph_checkpoint("another", projection=1)
        checkpoints.serve("first")

        output = io.StringIO()
        call_command("rescore", network="another", stdout=output)

        self.assertIn("4 have no embedding of it", output.getvalue())
