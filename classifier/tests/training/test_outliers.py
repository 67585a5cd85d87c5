import math

import numpy as np
from django.test import SimpleTestCase

from classifier.training import outliers

SEEDS = range(60)


class OutlierTests(SimpleTestCase):
    def draw(self, seed, shape=(28, 28)):
        image = np.arange(math.prod(shape), dtype=np.uint16).reshape(shape) % 251
        return outliers.draw(image.astype(np.uint8), np.random.default_rng(seed))

    def test_gives_an_image_of_the_same_shape(self):
        for shape in ((28, 28), (32, 20)):
            for seed in SEEDS:
                with self.subTest(shape=shape, seed=seed):
                    drawing = self.draw(seed, shape)

                    self.assertEqual((drawing.shape, drawing.dtype), (shape, np.uint8))

    def test_the_same_seed_draws_the_same(self):
        np.testing.assert_array_equal(self.draw(7), self.draw(7))

    def test_seeds_draw_different_things(self):
        drawings = {self.draw(seed).tobytes() for seed in SEEDS}

        self.assertGreater(len(drawings), 55)
