import numpy as np
from django.test import SimpleTestCase

from classifier.evaluation.metrics import NO_CLASS, expected_calibration_error
from classifier.networks.confidence import NEVER_SURE, Calibration, softmax
from classifier.training.rejection import (
    TARGET_SELECTIVE_ACCURACY,
    fit_images,
    fit_photographs,
    fit_temperature,
    selective_threshold,
)


def drawn(n, output_count, seed=0):
    """Return logits, and labels drawn by their probabilities."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (n, output_count))
    cumulative = softmax(logits).cumsum(axis=1)
    return logits, (random.random((n, 1)) > cumulative).sum(axis=1)


class TemperatureTests(SimpleTestCase):
    def test_is_found_again(self):
        logits, labels = drawn(20_000, 4)

        self.assertAlmostEqual(fit_temperature(logits * 3, labels), 3, delta=0.1)


class ThresholdTests(SimpleTestCase):
    def find(self, scores, is_right, target, least=0):
        return selective_threshold(np.array(scores), np.array(is_right), target, least)

    def test_is_the_lowest_from_which_enough_answers_are_right(self):
        scores = [0.9, 0.8, 0.7, 0.6]
        for is_right, threshold in (
            ([1, 1, 0, 1], 0.6),
            ([1, 1, 0, 0], 0.8),
            ([0, 0, 0, 0], NEVER_SURE),
        ):
            with self.subTest(is_right):
                found = self.find(scores, is_right, 0.75)

                self.assertAlmostEqual(found, threshold)

    def test_answers_of_one_score_are_on_one_side(self):
        scores = [0.9, 0.8, 0.8, 0.8, 0.7]
        for is_right, threshold in (
            ([1, 1, 1, 0, 0], 0.8),  # 3 of 4 from 0.8 on
            ([1, 1, 0, 0, 0], 0.9),  # 2 of 4; the two first alone would be all right
            ([1, 0, 0, 1, 0], 0.9),
            ([0, 1, 1, 1, 0], 0.8),
        ):
            with self.subTest(is_right):
                self.assertEqual(self.find(scores, is_right, 0.75), threshold)

    def test_few_right_answers_support_none(self):
        for n, is_supported in ((21, False), (22, True), (1000, True)):
            with self.subTest(n):  # Wilson: n / (n + 3.84) is 0.85 at 21.8
                found = self.find(np.linspace(0.6, 0.9, n), np.ones(n, int), 0, 0.85)

                self.assertEqual(found < NEVER_SURE, is_supported)

    def test_of_saturated_answers_can_be_reached(self):
        threshold = self.find([1.0, 1.0, 1.0, 0.6], [1, 1, 1, 0], 1.0)

        is_sure = Calibration(1.0, threshold).is_sure([[1.0, 0.0], [0.6, 0.4]])

        self.assertEqual(is_sure.tolist(), [True, False])


class FitTests(SimpleTestCase):
    def test_of_images_two_in_a_hundred_are_not_sure(self):
        random = np.random.default_rng(0)
        labels = random.integers(0, 3, 1000)
        logits = 4 * np.eye(3)[labels] + random.normal(0, 1.5, (1000, 3))

        calibration = fit_images(logits, labels)

        is_sure = calibration.is_sure(calibration.probabilities(logits, 3))
        self.assertAlmostEqual(is_sure.mean(), 0.98, delta=0.002)

    def test_of_photographs_the_sure_ones_are_right_as_often_as_is_wanted(self):
        logits, labels = drawn(5000, 3)

        calibration = fit_photographs(logits * 3, labels, 3)

        probabilities = calibration.probabilities(logits * 3, 3)
        is_sure = calibration.is_sure(probabilities)
        is_right = probabilities.argmax(axis=1)[is_sure] == labels[is_sure]
        self.assertAlmostEqual(is_right.mean(), TARGET_SELECTIVE_ACCURACY, delta=0.005)

    def test_scores_of_photographs_come_true(self):
        logits, outputs = drawn(5000, 4)
        labels = np.where(outputs == 3, NO_CLASS, outputs)
        is_known = labels != NO_CLASS
        logits[:, 3] += 2  # it takes too much

        calibration = fit_photographs(logits * 3, labels, 3)

        probabilities = calibration.probabilities(logits * 3, 3)[is_known]
        error = expected_calibration_error(probabilities, labels[is_known])
        self.assertLess(error, 0.06)
        self.assertAlmostEqual(calibration.temperature, 3, delta=0.3)
        self.assertLess(calibration.none_bias, -2)

    def test_how_many_pictures_of_no_class_there_are_changes_nothing(self):
        logits, outputs = drawn(1000, 4)
        labels = np.where(outputs == 3, NO_CLASS, outputs)
        more = np.concatenate([np.arange(1000), *[np.flatnonzero(outputs == 3)] * 2])

        few = fit_photographs(logits, labels, 3)
        many = fit_photographs(logits[more], labels[more], 3)

        self.assertAlmostEqual(few.none_bias, many.none_bias, places=3)

    def test_few_pictures_of_no_class_get_a_sure_answer(self):
        logits, labels = drawn(5000, 3)
        labels[::2] = NO_CLASS  # which no output is for

        calibration = fit_photographs(logits, labels, 3)

        is_sure = calibration.is_sure(calibration.probabilities(logits, 3))
        self.assertLessEqual(is_sure[::2].mean(), 0.05)
