import numpy as np
from django.test import SimpleTestCase

from classifier.networks.heads import Moments, Prior, learn


def clusters(*centres, n=50, seed=0):
    """Return points around centres, and the number of each one's centre."""
    random = np.random.default_rng(seed)
    points = [centre + random.normal(0, 1, (n, 2)) for centre in np.array(centres)]
    return np.concatenate(points), np.repeat(np.arange(len(centres)), n)


class LearnTests(SimpleTestCase):
    def test_tells_clusters_apart(self):
        points, labels = clusters((0, 0), (8, 0), (0, 8))

        head = learn(Moments.of(points, labels, 3))

        predicted = head.logits(points).argmax(axis=1)
        self.assertGreater(np.mean(predicted == labels), 0.99)

    def test_the_middle_between_two_classes_belongs_to_both(self):
        points = np.array([[-1.0, 0], [1, 0], [-1, 8], [1, 8]])

        head = learn(Moments.of(points, np.array([0, 0, 1, 1]), 2))

        first, second = head.logits(np.array([[0.0, 4]]))[0]
        self.assertAlmostEqual(first, second, places=4)

    def test_a_rare_class_is_as_likely_as_a_frequent_one(self):
        often, _ = clusters((0, 0), n=90)
        seldom, _ = clusters((4, 0), n=10)
        seldom += (4, 0) - seldom.mean(axis=0)
        often -= often.mean(axis=0)
        labels = np.repeat([0, 1], (90, 10))

        head = learn(Moments.of(np.concatenate([often, seldom]), labels, 2))

        first, second = head.logits(np.array([[2.0, 0]]))[0]
        self.assertAlmostEqual(first, second, places=3)

    def test_a_picture_of_weight_two_counts_like_two_pictures(self):
        points, labels = clusters((0, 0), (3, 1), n=5)
        weights = np.ones(10)
        weights[0] = 2

        weighted = learn(Moments.of(points, labels, 2, weights))

        points, labels = np.vstack([points, points[:1]]), np.append(labels, 0)
        twice = learn(Moments.of(points, labels, 2))
        np.testing.assert_allclose(weighted.weights, twice.weights, rtol=1e-4)

    def test_learns_from_fewer_pictures_than_dimensions(self):
        points = np.random.default_rng(0).normal(size=(6, 40))

        head = learn(Moments.of(points, np.array([0, 0, 0, 1, 1, 1]), 2))

        self.assertTrue(np.isfinite(head.weights).all())

    def test_a_prior_pulls_its_class_and_no_other(self):
        points, labels = clusters((0, 0), (8, 0))
        prior = Prior(1, np.array([0.0, 8]), weight=1)

        head = learn(Moments.of(points, labels, 2), [prior])

        is_second = head.logits(np.array([[0.0, 8], [0, 0]])).argmax(axis=1)
        self.assertEqual(is_second.tolist(), [1, 0])

    def test_pictures_can_be_added_when_the_first_are_gone(self):
        points, labels = clusters((0, 0), (3, 1))
        first = Moments.of(points[::2], labels[::2], 2)

        head = learn(first + Moments.of(points[1::2], labels[1::2], 2))

        at_once = learn(Moments.of(points, labels, 2))
        np.testing.assert_allclose(head.weights, at_once.weights, rtol=1e-4)
