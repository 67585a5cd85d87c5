from dataclasses import replace

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier.evaluation.metrics import (
    THUMBNAIL,
    Evaluation,
    accuracy,
    calibration_curve,
    expected_calibration_error,
    risk_curve,
    thumbnail,
    wilson_interval,
)

# Four answers: right at 0.9, right at 0.6, wrong at 0.7, right at 0.55.
PROBABILITIES = np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.45, 0.55]])
LABELS = np.array([0, 1, 1, 1])


class CalibrationTests(SimpleTestCase):
    def test_gap_is_weighted_by_the_answers_in_each_bin(self):
        # Of 2 bins all four answers are in the upper: |0.6875 - 0.75|.
        error = expected_calibration_error(PROBABILITIES, LABELS, bins=2)

        self.assertAlmostEqual(error, 0.0625)

    def test_a_probability_of_one_is_in_the_last_bin(self):
        curve = calibration_curve(np.array([[1.0, 0.0]]), np.array([0]), bins=15)

        self.assertEqual([bin["high"] for bin in curve], [1.0])


class RiskTests(SimpleTestCase):
    def test_risk_rises_as_less_probable_answers_are_given(self):
        curve = risk_curve(PROBABILITIES, LABELS, points=4)

        self.assertEqual([point["coverage"] for point in curve], [0.25, 0.5, 0.75, 1])
        self.assertEqual([point["risk"] for point in curve], [0, 0.5, 1 / 3, 0.25])


class IntervalTests(SimpleTestCase):
    def test_agrees_with_a_published_value(self):
        # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8, table I: 81 of 263.
        low, high = wilson_interval(81, 263)

        self.assertAlmostEqual(low, 0.2553, places=4)
        self.assertAlmostEqual(high, 0.3662, places=4)

    def test_of_nothing_is_everything(self):
        self.assertEqual(wilson_interval(0, 0), (0, 1))

    def test_stays_within_0_and_1(self):
        for n in range(1, 40):
            with self.subTest(n):
                self.assertGreaterEqual(wilson_interval(0, n)[0], 0)
                self.assertLessEqual(wilson_interval(n, n)[1], 1)


class EvaluationTests(SimpleTestCase):
    def setUp(self):
        self.evaluation = Evaluation(
            PROBABILITIES, LABELS, np.array([True, True, True, False]), ("a", "b")
        )

    def test_accuracy(self):
        self.assertEqual(accuracy(PROBABILITIES, LABELS), 0.75)
        self.assertEqual(self.evaluation.as_dict()["accuracy"], 0.75)

    def test_confusion_has_a_row_for_each_true_class(self):
        self.assertEqual(self.evaluation.confusion().tolist(), [[1, 0], [1, 2]])

    def test_precision_and_recall(self):
        first, second = self.evaluation.classes()

        self.assertEqual((first["precision"], first["recall"]), (0.5, 1))
        self.assertEqual((second["precision"], second["recall"]), (1, 2 / 3))
        self.assertAlmostEqual(second["f1"], 0.8)

    def test_a_class_without_pictures_divides_nothing(self):
        evaluation = Evaluation(
            np.array([[0.9, 0.1]]), np.array([0]), np.array([True]), ("a", "b")
        )

        self.assertEqual(evaluation.classes()[1]["f1"], 0)

    def test_doubts_are_counted_with_their_cost(self):
        doubt = self.evaluation.not_sure()

        self.assertEqual(doubt["share"], 0.25)
        self.assertAlmostEqual(doubt["accuracy_when_sure"], 2 / 3)
        self.assertEqual(doubt["right_but_not_sure"], 1)

    def test_pictures_of_no_class_ought_to_be_doubted(self):
        evaluation = replace(
            self.evaluation, is_sure_of_none=np.array([True, False, False, False])
        )

        self.assertEqual(evaluation.no_class(), {"pictures": 4, "not_sure": 0.75})
        self.assertEqual(self.evaluation.no_class()["pictures"], 0)

    def test_of_no_pictures_says_that_nothing_is_known(self):
        figures = Evaluation(
            np.empty((0, 2)), np.empty(0, int), np.empty(0, bool), ("a", "b")
        ).as_dict()

        self.assertEqual(figures["pictures"], 0)
        self.assertEqual(figures["accuracy_interval"], (0, 1))
        self.assertEqual((figures["risk"], figures["calibration"]), ([], []))

    def test_mistakes_name_both_classes(self):
        (mistake,) = self.evaluation.mistakes()

        self.assertEqual(
            mistake,
            {"index": 2, "class_name": "b", "predicted": "a", "probability": 0.7},
        )


class ThumbnailTests(SimpleTestCase):
    def test_a_photograph_is_made_small_and_keeps_its_colours(self):
        shown = thumbnail(Image.new("RGB", (400, 200), "red"))

        self.assertEqual(shown.shape, (THUMBNAIL // 2, THUMBNAIL, 3))
        self.assertEqual(shown[0, 0].tolist(), [255, 0, 0])

    def test_an_image_stays_as_it_is(self):
        self.assertEqual(
            thumbnail(Image.new("L", (28, 28), 7)).tolist(), [[7] * 28] * 28
        )
