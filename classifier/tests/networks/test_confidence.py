import numpy as np
from django.test import SimpleTestCase

from classifier.networks.confidence import NEVER_SURE, Calibration, softmax


class CalibrationTests(SimpleTestCase):
    def test_probabilities_are_of_logits_divided_by_the_temperature(self):
        logits = np.array([[2 * np.log(3), 0.0]])

        probabilities = Calibration(2.0, 0.5).probabilities(logits, 2)

        np.testing.assert_allclose(probabilities, [[0.75, 0.25]])

    def test_the_share_of_none_of_these_is_missing_from_the_classes(self):
        logits = np.log([[0.5, 0.2, 0.3]])

        probabilities = Calibration(1.0, 0.5).probabilities(logits, 2)

        np.testing.assert_allclose(probabilities, [[0.5, 0.2]])

    def test_none_of_these_can_be_given_less(self):
        logits = np.log([[0.5, 0.2, 0.3]])

        calibration = Calibration(1.0, 0.5, none_bias=np.log(1 / 3))

        np.testing.assert_allclose(
            calibration.probabilities(logits, 2), [[0.625, 0.25]]
        )

    def test_the_number_that_is_shown_is_held_against_the_threshold(self):
        probabilities = [[0.6, 0.4], [0.1, 0.8], [0.79, 0.21]]

        is_sure = Calibration(3.0, 0.8).is_sure(probabilities)

        self.assertEqual(is_sure.tolist(), [False, True, False])

    def test_at_a_threshold_of_one_not_even_a_saturated_answer_is_sure(self):
        is_sure = Calibration(1.0, NEVER_SURE).is_sure([[1.0, 0.0]])

        self.assertEqual(is_sure.tolist(), [False])


class SoftmaxTests(SimpleTestCase):
    def test_large_logits_do_not_overflow(self):
        self.assertEqual(softmax([[1e4, 0.0]]).tolist(), [[1.0, 0.0]])
