import numpy as np
from django.test import SimpleTestCase

from classifier import printed
from classifier.surfaces import CANVAS

from .drawings import SEEDS, DrawingTests


def page(seed):
    return printed.draw(np.random.default_rng(seed))


class PrintedTests(DrawingTests, SimpleTestCase):
    module = printed

    def test_most_are_lines_across_the_page(self):
        def change(surface, axis):
            return np.abs(np.diff(surface, axis=axis)).mean()

        lined = [change(page(seed)[0], 0) > change(page(seed)[0], 1) for seed in SEEDS]

        self.assertGreater(sum(lined), 0.8 * len(SEEDS))

    def test_there_is_always_something_to_find(self):
        for seed in SEEDS:
            with self.subTest(seed):
                surface, mask = page(seed)

                self.assertEqual(surface.shape, (CANVAS, CANVAS))
                self.assertIs(bool(mask.any()), True)

    def test_some_lie_on_a_table_and_some_fill_the_picture(self):
        filled = [np.concatenate([m[0], m[-1]]).any() for _, m in map(page, SEEDS)]
        covered = [mask.mean() > 0.3 for _, mask in map(page, SEEDS)]

        self.assertIn(False, filled)
        self.assertIn(True, covered)
