from unittest import mock

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier import prediction
from classifier.examples import EXAMPLES
from classifier.explaining import CELLS, evidence, paint


def bright(images, place=0):
    """Score class 1 by the mean light in the upper left quarter, class 0 never."""
    light = images[:, :14, :14].mean(axis=(1, 2)) / 255
    return np.stack([np.zeros_like(light), light], axis=1)


class EvidenceTests(SimpleTestCase):
    def setUp(self):
        self.image = np.zeros((28, 28), np.uint8)
        self.image[1:-1, 1:-1] = 255

    def test_is_where_the_score_comes_from(self):
        found = evidence(bright, self.image, 1)

        self.assertEqual(found.shape, (CELLS, CELLS))
        self.assertGreater(found[:3, :3].min(), 0)
        np.testing.assert_array_equal(found[4:], 0)
        np.testing.assert_array_equal(found[:, 4:], 0)

    def test_speaks_against_the_other_class(self):
        found = evidence(bright, self.image, 0)

        self.assertLess(found[:3, :3].max(), 0)

    def test_of_two_views_each_has_its_own(self):
        image = np.hstack([self.image, np.zeros((28, 28), np.uint8)])

        found = evidence(bright, image, 1)

        self.assertEqual(found.shape, (CELLS, 2 * CELLS))
        self.assertGreater(found[:3, :3].min(), 0)
        np.testing.assert_array_equal(found[:, CELLS:], 0)

    def test_asks_the_network_once(self):
        score_view = mock.Mock(wraps=bright)

        evidence(score_view, self.image, 1)

        score_view.assert_called_once()

    def test_covering_it_makes_the_class_of_a_garment_less_likely(self):
        classifier = prediction.served()
        for name in ("coat", "sneaker"):
            with self.subTest(name), EXAMPLES[name].open() as file:
                image = np.array(Image.open(file).convert("L"))
                label = classifier.class_names.index(EXAMPLES[name].class_name)
                found = evidence(classifier.scorer.score_view, image, label)
                row, column = np.unravel_index(found.argmax(), found.shape)
                masked = image.copy()
                top, left = max(0, 4 * row - 2), max(0, 4 * column - 2)
                masked[top : 4 * row + 6, left : 4 * column + 6] = 0

                before, after = classifier.probabilities(np.stack([image, masked]))

                self.assertLess(after[label], before[label])
                again = evidence(classifier.scorer.score_view, masked, label)
                self.assertFalse(np.array_equal(found, again))


class PaintTests(SimpleTestCase):
    def test_is_warm_where_it_speaks_for_the_class_and_cold_where_against(self):
        found = np.zeros((CELLS, CELLS), np.float32)
        found[0, 0], found[6, 6] = 2, -2

        painted = np.asarray(paint(np.zeros((28, 28), np.uint8), found), int)

        self.assertEqual(painted.shape, (168, 168, 3))
        self.assertGreater(painted[4, 4, 0], painted[4, 4, 2])
        self.assertGreater(painted[-4, -4, 2], painted[-4, -4, 0])
        np.testing.assert_array_equal(painted[84, 84], 0)

    def test_leaves_the_image_where_nothing_speaks(self):
        painted = paint(np.full((28, 28), 90, np.uint8), np.zeros((7, 7), np.float32))

        self.assertEqual(painted.getextrema(), ((90, 90),) * 3)
