import numpy as np
from django.test import SimpleTestCase

from classifier import sleeves
from classifier.surfaces import CANVAS

from .drawings import pullover

SEEDS = range(30)


def layers():
    """A pullover, and where it is."""
    image = pullover()
    return np.dstack([image, np.uint8(image > 0) * 255])


class BendTests(SimpleTestCase):
    def bent(self, seed):
        return sleeves.bend(layers(), np.random.default_rng(seed))

    def test_fills_the_canvas(self):
        bent = self.bent(0)

        self.assertEqual((bent.shape, bent.dtype), ((CANVAS, CANVAS, 2), np.uint8))

    def test_the_trunk_stays(self):
        for seed in SEEDS:
            with self.subTest(seed):
                where = self.bent(seed)[..., 1]

                self.assertGreater(where[12:50, 22:34].min(), 200)

    def test_hands_leave_where_they_hung(self):
        hung = np.s_[36:44, 8:14]
        self.assertGreater(self.enlarged()[hung].mean(), 200)

        left = [self.bent(seed)[..., 1][hung].mean() < 100 for seed in SEEDS]

        self.assertGreater(sum(left), len(SEEDS) / 2)

    def test_some_lie_over_the_trunk(self):
        trunk = np.s_[20:48, 22:34]
        changed = [self.bent(seed)[..., 0][trunk].std() > 5 for seed in SEEDS]

        self.assertIn(True, changed)
        self.assertIn(False, changed)

    def test_is_only_where_the_garment_is(self):
        for seed in SEEDS:
            with self.subTest(seed):
                image, where = np.moveaxis(self.bent(seed), 2, 0)

                self.assertLess(image[where == 0].max(initial=0), 10)

    def enlarged(self):
        return np.kron(layers()[..., 1], np.ones((2, 2), np.uint8))


class SpreadTests(SimpleTestCase):
    def test_turns_what_hangs_beside_the_trunk_outwards(self):
        shoulder = 0.5, -0.75
        beside = np.float32([[1]]), np.float32([[-0.35]])

        x, y = sleeves.spread(*beside, np.pi / 4, shoulder)

        np.testing.assert_allclose((x[0, 0], y[0, 0]), (0.571, -0.114), atol=0.01)

    def test_the_trunk_stays(self):
        trunk = np.float32([[0.2]]), np.float32([[0.3]])

        places = sleeves.spread(*trunk, 0.8, (0.5, -0.75))

        np.testing.assert_allclose(places, trunk, atol=1e-6)
