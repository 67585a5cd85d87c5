import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from django.test import SimpleTestCase

from classifier.training import (
    Plan,
    ResumeError,
    learning_rate,
    prepare,
    split_validation,
)

from .networks import make_dataset, make_split

PLAN = Plan(epochs=3, batch_size=16, seed=3)
ARCHITECTURE = {"widths": [4, 4], "dropout": 0.1}


class TrainingTestCase(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.state_path = folder / ".training" / "state.npz"

    def prepare(self, plan=PLAN, data=None):
        data = data or make_dataset()
        return prepare(data, plan, self.state_path, ARCHITECTURE)


class RunTests(TrainingTestCase):
    def test_learns(self):
        training = self.prepare(replace(PLAN, epochs=12, learning_rate=0.02))

        *_, last = training.run()

        self.assertGreater(last.validation_accuracy, 0.8)
        self.assertLess(last.loss, training.epochs[0].loss)

    def test_the_best_epoch_is_kept(self):
        training = self.prepare()
        for epoch in training.run():
            if epoch is training.best:
                best = [variable.numpy() for variable in training.network.variables]

        training.restore_best()

        assert_same(training.network.variables, best)

    def test_the_same_seed_gives_the_same_network(self):
        weights = []
        for _ in range(2):
            training = self.prepare()
            list(training.run())
            weights.append(
                [variable.numpy() for variable in training.network.variables]
            )

        assert_same(*weights)


class ResumeTests(TrainingTestCase):
    def test_goes_on_as_if_never_stopped(self):
        whole = self.prepare()
        list(whole.run())
        stopped = self.prepare()
        next(stopped.run())

        resumed = self.prepare()
        resumed.resume()
        list(resumed.run())

        self.assertEqual([epoch.number for epoch in resumed.epochs], [1, 2, 3])
        assert_same(resumed.network.variables, whole.network.variables)

    def test_a_finished_training_has_nothing_left(self):
        list(self.prepare().run())

        resumed = self.prepare()
        resumed.resume()

        self.assertIs(resumed.is_finished, True)
        self.assertEqual(list(resumed.run()), [])

    def test_a_kill_while_the_state_is_written_leaves_the_last_one(self):
        next(self.prepare().run())
        self.state_path.with_suffix(".partial").write_bytes(b"half a state")

        resumed = self.prepare()
        resumed.resume()

        self.assertEqual(len(resumed.epochs), 1)

    def test_nothing_to_resume(self):
        with self.assertRaisesMessage(ResumeError, "nothing to resume"):
            self.prepare().resume()

    def test_other_options_are_refused(self):
        next(self.prepare().run())

        with self.assertRaisesMessage(ResumeError, "'seed': 4"):
            self.prepare(replace(PLAN, seed=4)).resume()

    def test_more_epochs_are_added_while_the_rate_is_level(self):
        next(self.prepare(replace(PLAN, epochs=4)).run())

        longer = self.prepare(replace(PLAN, epochs=6))
        longer.resume()

        self.assertEqual(len(longer.epochs), 1)

    def test_more_epochs_are_refused_when_the_rate_has_fallen(self):
        list(self.prepare().run())

        with self.assertRaises(ResumeError):
            self.prepare(replace(PLAN, epochs=6)).resume()

    def test_another_number_of_classes_is_refused(self):
        next(self.prepare().run())
        data = replace(make_dataset(), class_names=("a", "b", "c", "d"))

        with self.assertRaisesMessage(ResumeError, "another network"):
            self.prepare(data=data).resume()


class SplitTests(SimpleTestCase):
    def test_no_image_is_in_both(self):
        split = make_split(24)

        train, validation = split_validation(split, seed=0)

        self.assertEqual((len(train), len(validation)), (22, 2))
        rows = {image.tobytes() for image in (*train.images, *validation.images)}
        self.assertEqual(len(rows), 24)


class LearningRateTests(SimpleTestCase):
    plan = Plan(epochs=10, learning_rate=1.0)

    def test_rises_to_its_peak_and_falls_to_a_hundredth(self):
        for passed, rate in ((0, 0.01), (0.25, 0.5), (0.5, 1), (5, 1), (7.5, 0.5)):
            with self.subTest(passed):
                self.assertAlmostEqual(learning_rate(passed, self.plan), rate)
        self.assertAlmostEqual(learning_rate(10, self.plan), 0.01)

    def test_while_level_it_does_not_depend_on_the_number_of_epochs(self):
        longer = replace(self.plan, epochs=20)

        for passed in (0.1, 1, 4.9):
            with self.subTest(passed):
                rate = learning_rate(passed, self.plan)
                self.assertEqual(rate, learning_rate(passed, longer))


def assert_same(variables, others):
    for variable, other in zip(variables, others, strict=True):
        np.testing.assert_array_equal(np.asarray(variable), np.asarray(other))
