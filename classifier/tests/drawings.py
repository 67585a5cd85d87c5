"""What holds of every way to draw what is no garment, and drawings of some that are."""

import numpy as np

SEEDS = range(60)
GARMENT = np.full((28, 28), 120, np.uint8)
BEIGE, NAVY, RED = (225, 205, 175), (20, 30, 80), (190, 30, 40)


def pullover():
    """Draw a trunk with two sleeves that hang down beside it: uint8 (28, 28)."""
    image = np.zeros((28, 28), np.uint8)
    image[4:26, 9:19] = 180
    image[4:22, 4:7] = image[4:22, 21:24] = 140
    image[4:7, 4:24] = 160
    return image


def photograph(ground=BEIGE, garment=NAVY, noise=6, shape=(96, 72)):
    """Draw a T-shirt, 60 pixels wide and 50 high, on a noisy ground."""
    rgb = np.full((*shape, 3), ground, np.float32)
    rgb[30:75, 20:52] = garment
    rgb[25:45, 6:66] = garment
    rgb += np.random.default_rng(0).normal(0, noise, rgb.shape)
    return np.clip(rgb, 0, 255).astype(np.uint8)


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
