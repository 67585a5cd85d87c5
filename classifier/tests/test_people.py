import numpy as np
from django.test import SimpleTestCase

from classifier.garments import Kind
from classifier.people import draw_opening, draw_wearer, frame_of
from classifier.surfaces import CANVAS

TRUNK = Kind(is_worn=True)
LEGS = Kind(is_worn=True, is_on_legs=True)


def garment(top=20, bottom=40):
    alpha = np.zeros((CANVAS, CANVAS), np.float32)
    alpha[top:bottom, 18:38] = 1
    return alpha


def wearers(kind, alpha=None, count=20):
    alpha = garment() if alpha is None else alpha
    for seed in range(count):
        yield draw_wearer(np.random.default_rng(seed), alpha, kind)


class WearerTests(SimpleTestCase):
    def test_most_who_wear_something_on_the_trunk_have_a_head_above_it(self):
        heads = [behind.alpha[:16].any() for behind, _ in wearers(TRUNK)]

        self.assertGreater(sum(heads), 10)

    def test_who_wears_something_on_the_trunk_has_legs_below_it(self):
        for behind, _ in wearers(TRUNK):
            self.assertTrue(behind.alpha[44:].any())

    def test_who_wears_something_on_the_legs_has_a_trunk_above_it(self):
        for behind, _ in wearers(LEGS):
            self.assertGreater(behind.alpha[:16, 18:38].mean(), 0.5)

    def test_little_lies_before_the_garment(self):
        hidden = [before.alpha[20:40, 18:38].mean() for _, before in wearers(TRUNK)]

        self.assertLess(np.mean(hidden), 0.3)

    def test_tones_are_those_of_a_photograph(self):
        for behind, before in wearers(TRUNK):
            for layer in (behind, before):
                self.assertGreaterEqual(layer.tones.min(), 0)
                self.assertLessEqual(layer.tones.max(), 1.01)

    def test_the_same_seed_draws_the_same_person(self):
        first, again = next(wearers(TRUNK)), next(wearers(TRUNK))

        np.testing.assert_array_equal(first[0].tones, again[0].tones)

    def test_nobody_wears_what_is_too_small(self):
        for behind, before in wearers(TRUNK, garment(20, 24)):
            self.assertFalse(behind.alpha.any() or before.alpha.any())

    def test_takes_garments_that_the_edges_cut(self):
        for kind in (TRUNK, LEGS, Kind(is_worn=True, is_sleeved=True)):
            for behind, _ in wearers(kind, np.ones((CANVAS, CANVAS), np.float32)):
                self.assertEqual(behind.alpha.shape, (CANVAS, CANVAS))


class OpeningTests(SimpleTestCase):
    def test_lies_within_the_garment_about_its_middle(self):
        alpha = garment()
        for seed in range(20):
            opening = draw_opening(np.random.default_rng(seed), alpha)

            self.assertFalse(opening.alpha[alpha == 0].any())
            self.assertTrue(opening.alpha[20:40, 22:34].any())


class FrameTests(SimpleTestCase):
    def test_is_where_the_garment_is(self):
        frame = frame_of(garment())

        self.assertEqual((frame.top, frame.bottom), (20, 39))
        self.assertEqual((frame.left, frame.right, frame.middle), (18, 37, 27))
