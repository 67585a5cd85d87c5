import numpy as np
from django.test import SimpleTestCase

from classifier.calibration import Calibration, Scale, softmax


class CalibrationTests(SimpleTestCase):
    def setUp(self):
        self.calibration = Calibration(
            image=Scale(1.0, 0.5), photograph=Scale(2.0, 0.8)
        )

    def test_comes_back_from_a_card(self):
        card = {"calibration": self.calibration.parameters}

        self.assertEqual(Calibration.from_card(card), self.calibration)

    def test_each_image_has_the_temperature_of_its_kind(self):
        mixed = self.calibration.temperature(np.array([False, True]))

        self.assertEqual(mixed.tolist(), [[1.0], [2.0]])
        self.assertEqual(self.calibration.temperature(True), 2.0)

    def test_each_answer_is_held_against_the_threshold_of_its_kind(self):
        probabilities = np.array([[0.6, 0.4], [0.6, 0.4], [0.1, 0.9]])
        is_photograph = np.array([False, True, True])

        is_sure = self.calibration.is_sure(probabilities, is_photograph)

        self.assertEqual(is_sure.tolist(), [True, False, True])


class SoftmaxTests(SimpleTestCase):
    def test_large_logits_do_not_overflow(self):
        self.assertEqual(softmax([[1e4, 0.0]]).tolist(), [[1.0, 0.0]])
