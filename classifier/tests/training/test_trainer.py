import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import tensorflow as tf
from django.test import SimpleTestCase, tag

from classifier.training.recipes import RECIPES
from classifier.training.trainer import Plan, ResumeError, prepare

from ..fixtures.networks import make_dataset

PLAN = Plan("tiny", epochs=4, batch_size=16, seed=3)
TINY = replace(RECIPES["plain"], widths=(4, 4))


class TrainingTestCase(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(mock.patch.dict(RECIPES, tiny=TINY))
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        # To compile a step takes longer than to take the few that tests need.
        tf.config.run_functions_eagerly(True)
        cls.addClassCleanup(tf.config.run_functions_eagerly, False)

    def setUp(self):
        self.states = Path(tempfile.mkdtemp(dir=self.folder))
        self.state_path = self.states / "image.npz"

    def prepare(self, plan=PLAN, data=None):
        return prepare(data or make_dataset(), plan, self.states)


class RunTests(TrainingTestCase):
    def test_learns_and_keeps_the_best_epoch(self):
        tf.config.run_functions_eagerly(False)
        self.addCleanup(tf.config.run_functions_eagerly, True)
        training = self.prepare(replace(PLAN, epochs=10))
        for epoch in training.run():
            if epoch is training.best:
                best = weights(training)

        training.restore_best()

        self.assertGreater(training.best.validation_accuracy, 0.8)
        self.assertLess(training.epochs[-1].loss, training.epochs[0].loss)
        assert_same(weights(training), best)


@tag("slow")
class ResumeTests(TrainingTestCase):
    """One training, with the state as it was after each epoch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        whole = prepare(make_dataset(), PLAN, cls.folder)
        for epoch in whole.run():
            shutil.copy(whole.state_path, cls.folder / f"after-{epoch.number}.npz")
        cls.weights = weights(whole)

    def resumed(self, after, plan=PLAN, data=None):
        shutil.copy(self.folder / f"after-{after}.npz", self.state_path)
        training = self.prepare(plan, data)
        training.resume()
        return training

    def test_goes_on_as_if_never_stopped(self):
        training = self.resumed(after=1)

        list(training.run())

        self.assertEqual([epoch.number for epoch in training.epochs], [1, 2, 3, 4])
        assert_same(weights(training), self.weights)

    def test_the_same_seed_gives_the_same_network(self):
        training = self.prepare()

        list(training.run())

        assert_same(weights(training), self.weights)

    def test_a_finished_training_has_nothing_left(self):
        training = self.resumed(after=4)

        self.assertIs(training.is_finished, True)
        self.assertEqual(list(training.run()), [])

    def test_a_kill_while_the_state_is_written_leaves_the_last_one(self):
        self.state_path.with_suffix(".partial").write_bytes(b"half a state")

        self.assertEqual(len(self.resumed(after=2).epochs), 2)

    def test_a_forgotten_state_is_not_resumed(self):
        training = self.resumed(after=2)

        training.forget()

        with self.assertRaises(ResumeError):
            self.prepare().resume()

    def test_nothing_to_resume(self):
        with self.assertRaisesMessage(ResumeError, "nothing to resume"):
            self.prepare().resume()

    def test_other_options_are_refused(self):
        with self.assertRaisesMessage(ResumeError, "'seed': 4"):
            self.resumed(after=1, plan=replace(PLAN, seed=4))

    def test_more_epochs_are_added_while_the_rate_is_level(self):
        training = self.resumed(after=2, plan=replace(PLAN, epochs=6))

        self.assertEqual(len(training.epochs), 2)

    def test_more_epochs_are_refused_when_the_rate_has_fallen(self):
        with self.assertRaises(ResumeError):
            self.resumed(after=3, plan=replace(PLAN, epochs=6))

    def test_another_number_of_classes_is_refused(self):
        data = replace(make_dataset(), class_names=("a", "b", "c", "d"))

        with self.assertRaisesMessage(ResumeError, "another network"):
            self.resumed(after=1, data=data)


def weights(training):
    return [variable.numpy() for variable in training.network.variables]


def assert_same(arrays, others):
    for array, other in zip(arrays, others, strict=True):
        np.testing.assert_array_equal(array, other)
