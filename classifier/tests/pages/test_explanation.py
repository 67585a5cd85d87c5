from unittest import mock

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier import prediction
from classifier.explanation import CELLS, covering_evidence, paint

from ..fixtures.garments import GARMENTS, garment


def bright(batch):
    """Score class 1 by the mean light in the upper left quarter, class 0 never."""
    light = batch[:, :14, :14, 0].mean(axis=(1, 2))
    return np.stack([np.zeros_like(light), light], axis=1)


class CoveringTests(SimpleTestCase):
    def setUp(self):
        self.image = np.zeros((28, 28), np.uint8)
        self.image[1:-1, 1:-1] = 255

    def test_is_where_the_score_comes_from(self):
        found = covering_evidence(bright, self.image, 1)

        self.assertEqual(found.shape, (CELLS, CELLS))
        self.assertGreater(found[:3, :3].min(), 0)
        np.testing.assert_array_equal(found[4:], 0)
        np.testing.assert_array_equal(found[:, 4:], 0)

    def test_speaks_against_the_other_class(self):
        found = covering_evidence(bright, self.image, 0)

        self.assertLess(found[:3, :3].max(), 0)

    def test_asks_the_network_once(self):
        network = mock.Mock(wraps=bright)

        covering_evidence(network, self.image, 1)

        network.assert_called_once()

    def test_covering_it_makes_the_class_of_a_garment_less_likely(self):
        classifier = prediction.served()
        for name in ("coat", "sneaker"):
            with self.subTest(name), garment(name) as file:
                image = np.array(Image.open(file).convert("L"))
                label = GARMENTS[name]
                found = covering_evidence(classifier.images, image, label)
                row, column = np.unravel_index(found.argmax(), found.shape)
                masked = image.copy()
                top, left = max(0, 4 * row - 2), max(0, 4 * column - 2)
                masked[top : 4 * row + 6, left : 4 * column + 6] = 0

                before, after = map(
                    classifier.classify, map(Image.fromarray, (image, masked))
                )

                self.assertLess(after.probabilities[label], before.probabilities[label])


class PaintTests(SimpleTestCase):
    def test_is_warm_where_it_speaks_for_the_class_and_cold_where_against(self):
        found = np.zeros((CELLS, CELLS), np.float32)
        found[0, 0], found[6, 6] = 2, -2

        painted = np.asarray(paint(Image.new("RGB", (168, 140)), [found]), int)

        self.assertEqual(painted.shape, (140, 168, 3))
        self.assertGreater(painted[4, 4, 0], painted[4, 4, 2])
        self.assertGreater(painted[-4, -4, 2], painted[-4, -4, 0])
        np.testing.assert_array_equal(painted[70, 84], 0)

    def test_maps_of_several_networks_add_up(self):
        first, second = np.full((2, 2), 1.0), np.full((4, 4), -1 / 4)

        painted = paint(Image.new("L", (64, 64), 90), [first, second])

        self.assertEqual(painted.getextrema(), ((90, 90),) * 3)

    def test_leaves_the_picture_where_nothing_speaks(self):
        painted = paint(Image.new("L", (28, 28), 90), [np.zeros((7, 7), np.float32)])

        self.assertEqual(painted.getextrema(), ((90, 90),) * 3)
