import numpy as np
from django.test import SimpleTestCase

from classifier.training import surfaces


class SurfaceTests(SimpleTestCase):
    def test_textures_are_about_0_and_of_amplitude_about_1(self):
        drawn = [surfaces.texture(np.random.default_rng(seed)) for seed in range(100)]

        self.assertEqual({texture.dtype for texture in drawn}, {np.dtype(np.float32)})
        self.assertLess(abs(np.mean([texture.mean() for texture in drawn])), 0.25)
        self.assertLess(np.mean([np.abs(texture).mean() for texture in drawn]), 1.2)

    def test_slope_ends_at_the_canvas_corners(self):
        light = surfaces.slope(np.random.default_rng(0))

        self.assertLess(np.abs(light).max(), 1.42)
        self.assertAlmostEqual(float(light.mean()), 0, places=4)

    def test_grounds_are_around_their_tone(self):
        means = [
            surfaces.ground(np.random.default_rng(seed), 0.5, 0.1).mean()
            for seed in range(60)
        ]

        self.assertAlmostEqual(float(np.mean(means)), 0.5, delta=0.1)

    def test_clutter_changes_a_surface_in_place(self):
        surface = np.full((surfaces.CANVAS, surfaces.CANVAS), 2, np.float32)

        surfaces.add_clutter(np.random.default_rng(0), surface)

        self.assertTrue((surface != 2).any())
