import datetime
import io
import tempfile
from pathlib import Path

import numpy as np
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings, tag

from classifier import history
from classifier.embeddings import SEARCHED, StoredEmbedding
from classifier.history import suggestions
from classifier.learning import promotion
from classifier.learning.reviewed import Selection, is_frozen, read
from classifier.networks import checkpoints

from ..fixtures.networks import CHANNELS, CLASS_NAMES, make_checkpoint
from ..fixtures.uploads import NOON, make_upload

MINUTE = datetime.timedelta(minutes=1)
CARD = {
    "image": {"test": {"accuracy": 0.5}},
    "photograph": {"kinds_of_none": [""], "cross_validation": {"accuracy": 0.5}},
}
# A direction for each class, in order of their names, far from the base's pictures.
DIRECTIONS = -3 * np.eye(CHANNELS)[:3]


@tag("cassandra")
class HistoryTestCase(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        self.before = make_checkpoint("before", **CARD)
        self.random = np.random.default_rng(5)
        self.number = 0

    def point(self, label):
        """Return an embedding like those of a class, unlike any other one."""
        noise = self.random.normal(size=CHANNELS)
        return DIRECTIONS[label] + 3 * noise / np.linalg.norm(noise)

    def record(self, numbers, reviewed=None, frozen=False, **values):
        """Record an upload with an embedding and a review."""
        self.number += 1
        levels = np.clip(np.rint(np.asarray(numbers) / 0.02), -127, 127)
        upload = make_upload(
            NOON + self.number * MINUTE,
            **{
                "sha256": self.digest(frozen),
                "class_name": CLASS_NAMES[0],
                "class_names": list(CLASS_NAMES),
                "probabilities": [0.9, 0.05, 0.05],
                **values,
            },
        )
        version = self.before.embedding_version
        stored = levels.astype(np.int8).tobytes()
        upload.embedding = StoredEmbedding(version, stored, (0.0,) * SEARCHED)
        history.record(upload)
        return history.correct(upload, reviewed, by="ann") if reviewed else upload

    def digest(self, frozen):
        while is_frozen(digest := self.random.bytes(8).hex()) != frozen:
            pass
        return digest

    def review(self, label, count, **values):
        """Record uploads of a class, each reviewed."""
        name = CLASS_NAMES[label]
        return [self.record(self.point(label), name, **values) for _ in range(count)]

    def review_some(self):
        """Record uploads that the base tells little of."""
        for label in range(3):
            self.review(label, 8)
            self.review(label, 3, frozen=True)

    def learn(self, **options):
        output = io.StringIO()
        call_command("train", from_history=True, stdout=output, **options)
        return output.getvalue()

    def learnt(self):
        version = max(set(checkpoints.versions()) - {"before"})
        return checkpoints.open_checkpoint(version)


class LearningTests(HistoryTestCase):
    def test_a_checkpoint_gains_on_the_frozen_part_and_names_its_training_data(self):
        self.review_some()

        said = self.learn()

        about = self.learnt().card["photograph"]
        origin = about["history"]
        self.assertEqual(origin["uploads"] + origin["near_frozen"], 24)
        self.assertEqual(sum(origin["of_class"].values()), origin["uploads"])
        frozen = about["reviewed"]
        self.assertEqual(frozen["pictures"], 9)
        self.assertGreater(frozen["accuracy"], frozen["before"]["accuracy"])
        self.assertIn("Frozen part, 9 uploads", said)
        kinds = [each["kind"] for each in self.learnt().sections["photograph"]]
        self.assertIn("history", kinds)
        self.assertEqual(checkpoints.served_version(), "before")

    def test_all_but_the_head_stays(self):
        self.review_some()

        self.learn()

        after = self.learnt()
        self.assertEqual(after.embedding_version, self.before.embedding_version)
        for name in (checkpoints.IMAGE_MODEL, checkpoints.EMBEDDINGS):
            self.assertEqual(
                (after.path / name).read_bytes(), (self.before.path / name).read_bytes()
            )

    def test_the_frozen_part_teaches_nothing(self):
        self.review(1, 6)
        self.learn()
        alone = self.learnt().head_arrays()["weights"]
        self.review(2, 4, frozen=True)
        promotion.archive(self.learnt().version)

        self.learn()

        np.testing.assert_array_equal(self.learnt().head_arrays()["weights"], alone)

    def test_near_duplicates_of_the_frozen_part_teach_nothing(self):
        self.review(1, 3)
        point = self.point(2)
        self.record(point, CLASS_NAMES[2], frozen=True)
        self.record(point + 0.02, CLASS_NAMES[2])

        self.learn()

        about = self.learnt().card["photograph"]["history"]
        self.assertEqual((about["uploads"], about["near_frozen"]), (3, 1))

    def test_pictures_of_the_base_are_no_frozen_ones(self):
        self.review(1, 3)
        kept = self.before.load_embeddings()["embeddings"][0] * 0.02
        self.record(kept, CLASS_NAMES[0], frozen=True)

        self.learn()

        self.assertEqual(self.learnt().card["photograph"]["reviewed"], {"pictures": 0})

    def test_none_of_these_is_learnt(self):
        for _ in range(4):
            self.record(self.point(0), history.NONE_OF_THESE)

        self.learn()

        history_of = self.learnt().card["photograph"]["history"]["of_class"]
        self.assertEqual(history_of, {"none of these": 4})

    def test_visitors_suggestions_train_nothing(self):
        upload = self.record(self.point(1))
        suggestions.keep(upload.id, CLASS_NAMES[1])

        with self.assertRaisesMessage(CommandError, "got 0, none of them"):
            self.learn()

        self.assertEqual(checkpoints.versions(), ["before"])


class PromotedTests(HistoryTestCase):
    def test_is_served_where_that_is_asked_for(self):
        self.review_some()

        self.learn(promote=True)

        self.assertEqual(checkpoints.served_version(), self.learnt().version)

    def test_a_worse_head_on_the_frozen_part_needs_a_reason(self):
        self.review(1, 6)
        head = self.before.load_photograph_network().head
        learnt_so = head.logits(np.eye(CHANNELS)).argmax(axis=1)
        for place in range(4):
            point = 2.5 * np.eye(CHANNELS)[place]
            name = [*CLASS_NAMES, history.NONE_OF_THESE][learnt_so[place]]
            self.record(point, name, frozen=True)
            for _ in range(3):
                noise = self.random.normal(size=CHANNELS) * 0.6
                self.record(point + noise, CLASS_NAMES[(learnt_so[place] + 1) % 3])

        with self.assertRaisesMessage(CommandError, "It is not promoted: Of the"):
            self.learn(promote=True)

        self.assertEqual(checkpoints.served_version(), "before")


class SelectedTests(HistoryTestCase):
    def uploads(self, **options):
        self.learn(**options)
        return self.learnt().card["photograph"]["history"]["uploads"]

    def test_since_a_time(self):
        self.review(0, 2)
        since = NOON + (self.number + 0.5) * MINUTE
        self.review(1, 3)

        self.assertEqual(self.uploads(since=since), 3)

    def test_of_one_class(self):
        self.review(0, 2)
        self.review(1, 3)

        self.assertEqual(self.uploads(class_name=CLASS_NAMES[1]), 3)

    def test_only_confirmed_uploads(self):
        self.review(0, 2)
        self.review(1, 3)

        self.assertEqual(self.uploads(only_confirmed=True), 2)

    def test_so_many_of_a_class(self):
        self.review(0, 4)
        self.review(1, 3)

        self.assertEqual(self.uploads(most=2), 4)


class ReviewedTests(HistoryTestCase):
    def read(self):
        return read(self.before.embedding_version, CLASS_NAMES)

    def test_of_one_picture_the_last_review_counts(self):
        first = self.record(self.point(0), sha256="a" * 64)
        self.record(self.point(0), CLASS_NAMES[1], sha256="a" * 64)
        history.correct(first, CLASS_NAMES[2], by="bob")

        found = self.read()

        self.assertEqual(found.labels, [2])
        self.assertEqual(found.left_out, {"the same picture": 1})

    def test_unusable_uploads_are_counted(self):
        upload = make_upload(NOON)
        history.record(upload)
        history.correct(upload, upload.class_name, by="ann")
        self.record(self.point(0), "Hat", class_names=["Hat"], class_name="Hat")

        self.assertEqual(self.read().left_out, {"another class": 2})
        self.assertEqual(Selection().as_dict()["most"], None)
