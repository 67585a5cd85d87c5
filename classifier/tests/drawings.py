"""What holds of every way to draw what is no garment, and one that is."""

import numpy as np

SEEDS = range(60)
GARMENT = np.full((28, 28), 120, np.uint8)


def pullover():
    """Draw a trunk with two sleeves that hang down beside it: uint8 (28, 28)."""
    image = np.zeros((28, 28), np.uint8)
    image[4:26, 9:19] = 180
    image[4:22, 4:7] = image[4:22, 21:24] = 140
    image[4:7, 4:24] = 160
    return image


class DrawingTests:
    """Tests of a module that draws, which a test case names as `module`."""

    def draw(self, seed, shape=(28, 28)):
        image = np.full(shape, 120, np.uint8)
        return self.module.draw_view(image, np.random.default_rng(seed))

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

    def test_pictures_are_in_colour(self):
        for seed in SEEDS:
            with self.subTest(seed):
                picture = self.module.draw_picture(GARMENT, np.random.default_rng(seed))

                self.assertEqual((picture.dtype, picture.shape[2]), (np.uint8, 3))
