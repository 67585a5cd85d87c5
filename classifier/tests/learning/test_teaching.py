import numpy as np
from django.test import SimpleTestCase

from classifier.learning.teaching import most_teaching


class MostTeachingTests(SimpleTestCase):
    def choose(self, probabilities, embeddings, count):
        return most_teaching(np.array(probabilities), np.array(embeddings), count)

    def test_the_most_uncertain_comes_first(self):
        probabilities = [[0.9, 0.1], [0.51, 0.49], [0.7, 0.3]]

        self.assertEqual(self.choose(probabilities, np.eye(3), 1).tolist(), [1])

    def test_a_near_duplicate_of_a_chosen_one_comes_late(self):
        probabilities = [[0.51, 0.49], [0.52, 0.48], [0.7, 0.3]]
        embeddings = [[1.0, 0.0], [1.0, 0.01], [0.0, 1.0]]

        order = self.choose(probabilities, embeddings, 3).tolist()

        self.assertEqual(order, [0, 2, 1])

    def test_a_rare_class_comes_before_a_common_one(self):
        probabilities = [[0.6, 0.4]] * 3 + [[0.4, 0.6]]

        self.assertEqual(self.choose(probabilities, np.eye(4), 1).tolist(), [3])

    def test_each_is_chosen_once_and_no_more_than_there_are(self):
        probabilities = [[1.0, 0.0]] * 3

        order = self.choose(probabilities, np.ones((3, 2)), 9).tolist()

        self.assertEqual(sorted(order), [0, 1, 2])
