from django.test import SimpleTestCase

from classifier.training.recipes import PEAK_LEARNING_RATE, RECIPES, learning_rate


class LearningRateTests(SimpleTestCase):
    def test_rises_to_its_peak_and_falls_to_a_hundredth(self):
        for passed, share in ((0, 0.01), (0.25, 0.5), (5, 1), (7.5, 0.5), (10, 0.01)):
            with self.subTest(passed):
                rate = learning_rate(passed, 10)

                self.assertAlmostEqual(rate / PEAK_LEARNING_RATE, share)

    def test_while_level_it_does_not_depend_on_the_number_of_epochs(self):
        for passed in (0.1, 1, 4.9):
            with self.subTest(passed):
                self.assertEqual(learning_rate(passed, 10), learning_rate(passed, 20))


class RecipeTests(SimpleTestCase):
    def test_large_data_sets_get_the_recipes_own_numbers(self):
        self.assertEqual(RECIPES["plain"].suited_to(60_000), (8, 256))

    def test_small_data_sets_are_seen_more_often_in_smaller_batches(self):
        # 80 images: 8 batches of 10 an epoch, 600 steps in 75 epochs.
        self.assertEqual(RECIPES["plain"].suited_to(80), (75, 10))
