import numpy as np
from django.test import SimpleTestCase

from classifier.scenes import draw_picture, draw_view

GARMENT = np.full((28, 28), 120, np.uint8)


class SceneTests(SimpleTestCase):
    def draw(self, seed, shape=(28, 28)):
        return draw_view(np.full(shape, 120, np.uint8), np.random.default_rng(seed))

    def test_gives_an_image_of_the_same_shape(self):
        for shape in ((28, 28), (32, 20)):
            for seed in range(60):
                with self.subTest(shape=shape, seed=seed):
                    drawing = self.draw(seed, shape)

                    self.assertEqual((drawing.shape, drawing.dtype), (shape, np.uint8))

    def test_the_same_seed_draws_the_same(self):
        np.testing.assert_array_equal(self.draw(7), self.draw(7))

    def test_seeds_draw_different_things(self):
        drawings = {self.draw(seed).tobytes() for seed in range(60)}

        self.assertGreater(len(drawings), 55)

    def test_pictures_are_in_colour(self):
        for seed in range(60):
            with self.subTest(seed):
                picture = draw_picture(GARMENT, np.random.default_rng(seed))

                self.assertEqual((picture.dtype, picture.shape[2]), (np.uint8, 3))
