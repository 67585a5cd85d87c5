import numpy as np
from django.test import SimpleTestCase

from classifier.networks.turn_prediction import TURNS, Orientation


def turned_views(n, seed=0):
    """Return embeddings of pictures, upright and turned: (n, TURNS, 3).

    Upright and upside down differ clearly; the two on their sides hardly do.
    """
    centres = np.array([[4, 0, 0], [0, 4, 0.5], [-4, 0, 0], [0, 4, -0.5]])
    return centres + np.random.default_rng(seed).normal(0, 1, (n, TURNS, 3))


class OrientationTests(SimpleTestCase):
    def setUp(self):
        self.orientation = Orientation.learn(turned_views(500))
        self.views = turned_views(200, seed=1)

    def turns(self, came_turned_by):
        """Ask about pictures with a first view that is turned to the left."""
        return self.orientation.turns(np.roll(self.views, -came_turned_by, axis=1))

    def test_a_turned_picture_is_turned_back(self):
        for came_turned_by, needed in ((1, 3), (2, 2), (3, 1)):
            with self.subTest(came_turned_by):
                is_right = self.turns(came_turned_by) == needed

                self.assertGreater(is_right.mean(), 0.7)

    def test_an_upright_picture_stays_as_it_is(self):
        self.assertGreater((self.turns(0) == 0).mean(), 0.99)

    def test_four_views_tell_more_than_one(self):
        single = self.orientation.head.logits(self.views[:, 1]).argmax(axis=1) == 1

        self.assertGreater((self.turns(1) == 3).mean(), single.mean() + 0.05)

    def test_one_view_says_whether_the_others_are_needed(self):
        is_upright = self.orientation.is_upright

        self.assertIs(is_upright(np.array([4.0, 0, 0])), True)
        self.assertIs(is_upright(np.array([-4.0, 0, 0])), False)
