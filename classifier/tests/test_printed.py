import numpy as np
from django.test import SimpleTestCase

from classifier import printed
from classifier.surfaces import CANVAS

SEEDS = range(60)


def draw(seed):
    return printed.draw(np.random.default_rng(seed))


class PrintedTests(SimpleTestCase):
    def test_gives_images_of_any_shape(self):
        for shape in ((28, 28), (32, 20)):
            for seed in SEEDS:
                with self.subTest(shape=shape, seed=seed):
                    view = printed.draw_view(np.random.default_rng(seed), shape)

                    self.assertEqual((view.shape, view.dtype), (shape, np.uint8))

    def test_the_same_seed_draws_the_same(self):
        np.testing.assert_array_equal(draw(3)[0], draw(3)[0])

    def test_most_are_lines_across_the_page(self):
        def change(surface, axis):
            return np.abs(np.diff(surface, axis=axis)).mean()

        lined = [change(draw(seed)[0], 0) > change(draw(seed)[0], 1) for seed in SEEDS]

        self.assertGreater(sum(lined), 0.8 * len(SEEDS))

    def test_there_is_always_something_to_find(self):
        for seed in SEEDS:
            with self.subTest(seed):
                surface, mask = draw(seed)

                self.assertEqual(surface.shape, (CANVAS, CANVAS))
                self.assertIs(bool(mask.any()), True)

    def test_some_lie_on_a_table_and_some_fill_the_picture(self):
        filled = [np.concatenate([m[0], m[-1]]).any() for _, m in map(draw, SEEDS)]
        covered = [mask.mean() > 0.3 for _, mask in map(draw, SEEDS)]

        self.assertIn(False, filled)
        self.assertIn(True, covered)
