from dataclasses import replace

import numpy as np
from django.test import SimpleTestCase

from classifier.training.photographs.learning import (
    UNKNOWN,
    Examples,
    cross_validated,
    folds,
)


class FoldsTests(SimpleTestCase):
    def test_pictures_of_one_group_are_never_parted(self):
        random = np.random.default_rng(0)
        labels, groups = random.integers(0, 3, 200), random.integers(0, 40, 200)

        dealt = folds(labels, groups.astype(str))

        self.assertEqual(sorted(np.concatenate(dealt)), list(range(200)))
        homes = [set(groups[fold]) for fold in dealt]
        self.assertEqual(sum(map(len, homes)), len(set().union(*homes)))

    def test_each_fold_has_as_many_of_each_class(self):
        labels = np.repeat([0, 1], (50, 10))

        dealt = folds(labels, np.arange(60))

        for fold in dealt:
            self.assertEqual(np.bincount(labels[fold]).tolist(), [10, 2])

    def test_there_are_no_more_folds_than_groups(self):
        self.assertEqual(len(folds(np.array([0, 0, 1]), np.array(["a", "b", "b"]))), 2)


class CrossValidatedTests(SimpleTestCase):
    def examples(self, labels, groups):
        labels = np.array(labels)
        noise = np.random.default_rng(0).normal(0, 0.1, (len(labels), 1, 3))
        embeddings = np.eye(3)[labels][:, np.newaxis] + noise
        return Examples(embeddings, labels, np.array(groups))

    def test_scores_pictures_that_the_head_has_not_seen(self):
        examples = self.examples([0, 1, 2] * 10, range(30))

        logits = cross_validated(examples, 3)

        self.assertEqual(logits.argmax(axis=1).tolist(), [0, 1, 2] * 10)

    def test_scores_a_picture_that_lies_on_its_side_as_it_stands_upright(self):
        examples = self.examples([0, 1, 2] * 10, range(30))
        # What a view shows, another class where it is turned, and how it is turned.
        upright = np.concatenate([examples.embeddings[:, 0], np.zeros((30, 4))], axis=1)
        turned = np.repeat(upright[:, np.newaxis], 4, axis=1)
        turned[..., 3:] = np.eye(4)
        turned[:, 1:, :3] = np.roll(turned[:, 1:, :3], 1, axis=-1)
        turned[:3] = np.roll(turned[:3], -1, axis=1)  # these came turned
        told = replace(examples, embeddings=upright[:, np.newaxis], turned=turned)

        logits = cross_validated(told, 3)

        self.assertEqual(logits.argmax(axis=1).tolist(), [0, 1, 2] * 10)

    def test_a_class_of_one_group_cannot_be_recognised(self):
        groups = [0, 1, 100] * 10
        groups = [g + 2 * i if g < 100 else g for i, g in enumerate(groups)]
        examples = self.examples([0, 1, 2] * 10, groups)

        logits = cross_validated(examples, 3)

        np.testing.assert_array_equal(logits[2::3, 2], UNKNOWN)
