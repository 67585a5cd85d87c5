from django.test import SimpleTestCase

from classifier.recipes import RECIPES, level_then_falling, one_cycle


class OneCycleTests(SimpleTestCase):
    def test_rises_to_its_peak_and_falls_to_nothing(self):
        for passed, rate in ((1, 0.5), (2, 1), (6, 0.5), (10, 0)):
            with self.subTest(passed):
                self.assertAlmostEqual(one_cycle(passed, 10, peak=1), rate)

    def test_begins_above_nothing(self):
        self.assertEqual(one_cycle(0, 10, peak=1), 0.05)


class LevelThenFallingTests(SimpleTestCase):
    def test_rises_to_its_peak_and_falls_to_a_hundredth(self):
        for passed, rate in ((0, 0.01), (0.25, 0.5), (5, 1), (7.5, 0.5), (10, 0.01)):
            with self.subTest(passed):
                self.assertAlmostEqual(level_then_falling(passed, 10, peak=1), rate)

    def test_while_level_it_does_not_depend_on_the_number_of_epochs(self):
        for passed in (0.1, 1, 4.9):
            with self.subTest(passed):
                rate = level_then_falling(passed, 10, peak=1)

                self.assertEqual(rate, level_then_falling(passed, 20, peak=1))


class RecipeTests(SimpleTestCase):
    def test_large_data_sets_get_the_recipes_own_numbers(self):
        self.assertEqual(RECIPES["plain"].suited_to(60_000), (12, 128))

    def test_small_data_sets_are_seen_more_often_in_smaller_batches(self):
        # 80 images: 8 batches of 10 an epoch, 600 steps in 75 epochs.
        self.assertEqual(RECIPES["plain"].suited_to(80), (75, 10))

    def test_each_ones_optimizer_can_be_made(self):
        for name, recipe in RECIPES.items():
            with self.subTest(name):
                self.assertTrue(recipe.make_optimizer().weight_decay)
