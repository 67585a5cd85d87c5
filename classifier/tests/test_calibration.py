import numpy as np
from django.test import SimpleTestCase

from classifier.calibration import NEVER_SURE, Calibration, Scale, confidence, softmax


class CalibrationTests(SimpleTestCase):
    def setUp(self):
        self.calibration = Calibration(
            image=Scale(1.0, 0.5), photograph=Scale(2.0, 0.8)
        )

    def test_comes_back_from_a_card(self):
        card = {"calibration": self.calibration.parameters}

        self.assertEqual(Calibration.from_card(card), self.calibration)

    def test_each_kind_has_a_scale_of_its_own(self):
        self.assertEqual(self.calibration.scale(False), Scale(1.0, 0.5))
        self.assertEqual(self.calibration.scale(True), Scale(2.0, 0.8))


class ScaleTests(SimpleTestCase):
    def test_probabilities_are_of_logits_divided_by_the_temperature(self):
        logits = np.array([[2 * np.log(3), 0.0]])

        probabilities = Scale(2.0, 0.5).probabilities(logits)

        np.testing.assert_allclose(probabilities, [[0.75, 0.25]])

    def test_an_answer_is_held_against_the_threshold_before_calibration(self):
        confidences = confidence(np.log([[0.6, 0.4], [0.1, 0.9]]))

        self.assertEqual(Scale(0.1, 0.8).is_sure(confidences).tolist(), [False, True])

    def test_at_a_threshold_of_one_not_even_a_saturated_answer_is_sure(self):
        saturated = confidence([[1000.0, 0.0]])

        self.assertEqual(saturated.tolist(), [1.0])
        self.assertEqual(Scale(1.0, NEVER_SURE).is_sure(saturated).tolist(), [False])

    def test_the_higher_the_temperature_the_more_many_other_classes_count(self):
        one_other = [0.8, 0] + [-20] * 8
        many_others = [3.1] + [0] * 9

        low, high = (confidence([one_other, many_others], t) for t in (1, 2))

        self.assertLess(low[0], low[1])
        self.assertGreater(high[0], high[1])


class SoftmaxTests(SimpleTestCase):
    def test_large_logits_do_not_overflow(self):
        self.assertEqual(softmax([[1e4, 0.0]]).tolist(), [[1.0, 0.0]])
