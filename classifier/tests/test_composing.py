import numpy as np
from django.test import SimpleTestCase

from classifier import masks
from classifier.composing import PICTURE, compose_picture, compose_view
from classifier.garments import ANYTHING, Kind, kind_of
from classifier.placing import GROUND_LEVEL, outline, place

from .drawings import pullover


class ComposeViewTests(SimpleTestCase):
    def compose(self, seed, kind=ANYTHING):
        return compose_view(pullover(), np.random.default_rng(seed), kind)

    def test_gives_an_image_of_the_same_shape(self):
        photograph = self.compose(0)

        self.assertEqual((photograph.shape, photograph.dtype), ((28, 28), np.uint8))

    def test_the_same_seed_gives_the_same_photograph(self):
        np.testing.assert_array_equal(self.compose(3), self.compose(3))

    def test_every_seed_gives_another_photograph(self):
        photographs = {self.compose(seed).tobytes() for seed in range(20)}

        self.assertEqual(len(photographs), 20)

    def test_uses_the_whole_contrast(self):
        for seed in range(20):
            with self.subTest(seed):
                photograph = self.compose(seed)

                self.assertLess(photograph.min(), 10)
                self.assertGreater(photograph.max(), 200)

    def test_shows_garments_on_light_and_on_dark_grounds(self):
        middles = [self.compose(seed)[0].mean() for seed in range(120)]

        self.assertLess(min(middles), 30)
        self.assertGreater(max(middles), 220)

    def test_takes_every_kind_of_garment(self):
        for kind in (
            Kind(is_sleeved=True),
            Kind(is_worn=True),
            Kind(is_opened=True),
            Kind(is_tucked=True),
            Kind(is_paired=True),
            Kind(is_carried=True),
        ):
            for seed in range(20):
                with self.subTest(kind=kind, seed=seed):
                    self.assertEqual(self.compose(seed, kind).shape, (28, 28))

    def test_takes_an_image_without_a_garment(self):
        nothing = np.zeros((28, 28), np.uint8)
        for seed in range(20):
            with self.subTest(seed):
                random = np.random.default_rng(seed)

                photograph = compose_view(nothing, random, kind_of(2))

                self.assertEqual(photograph.shape, (28, 28))

    def test_takes_images_of_other_sizes(self):
        image = np.full((32, 20), 90, np.uint8)

        photograph = compose_view(image, np.random.default_rng(0))

        self.assertEqual(photograph.shape, (32, 20))


class ComposePictureTests(SimpleTestCase):
    def test_gives_a_picture_in_colour_of_the_size_to_seek_in(self):
        for seed in range(20):
            with self.subTest(seed):
                picture = compose_picture(pullover(), np.random.default_rng(seed))

                self.assertEqual((picture.dtype, picture.shape[2]), (np.uint8, 3))
                self.assertEqual(max(picture.shape), PICTURE)

    def test_most_are_oblong_upright_or_lying(self):
        shapes = [
            compose_picture(pullover(), np.random.default_rng(seed)).shape[:2]
            for seed in range(60)
        ]

        self.assertGreater(sum(height > width for height, width in shapes), 5)
        self.assertGreater(sum(height < width for height, width in shapes), 1)
        self.assertGreater(sum(height == width for height, width in shapes), 5)


class PlaceTests(SimpleTestCase):
    def outlines(self, image, kind):
        for seed in range(60):
            _, alpha = place(image, np.random.default_rng(seed), kind, (0.6, 0.6))
            yield alpha > 0.5

    def heights(self, image, kind):
        return (mask.any(axis=1).sum() for mask in self.outlines(image, kind))

    def test_of_some_clothes_the_lower_part_is_hidden(self):
        tucked = list(self.heights(pullover(), Kind(is_tucked=True)))

        self.assertLess(min(tucked), 0.9 * min(self.heights(pullover(), ANYTHING)))

    def test_some_shoes_are_seen_from_above(self):
        shoe = np.zeros((28, 28), np.uint8)
        shoe[11:17] = 120

        heights = list(self.heights(shoe, Kind(is_paired=True)))

        self.assertGreater(max(heights), 2 * min(heights))

    def test_some_bags_become_backpacks_round_above_and_higher_than_wide(self):
        bag = np.zeros((28, 28), np.uint8)
        bag[7:21] = 120

        outlines = self.outlines(bag, Kind(is_carried=True))
        high = [mask for mask in outlines if masks.width_to_height(mask) < 1]

        self.assertTrue(5 < len(high) < 25, len(high))
        for mask in high:
            rows = mask.sum(axis=1)[mask.any(axis=1)]
            self.assertLess(rows[1], 0.8 * rows.max())


class OutlineTests(SimpleTestCase):
    def test_closes_gaps_of_a_pixel_and_keeps_the_ground_out(self):
        image = np.zeros((9, 9), np.uint8)
        image[3:8, 3:8] = 200
        image[5, 5] = 0
        image[0, 0] = GROUND_LEVEL

        mask = outline(image)

        self.assertEqual(mask[5, 5], 255)
        self.assertEqual(mask[0, 0], 0)


class KindTests(SimpleTestCase):
    def test_pullovers_have_sleeves_and_sneakers_come_in_pairs(self):
        self.assertEqual(
            kind_of(2), Kind(is_sleeved=True, is_worn=True, is_tucked=True)
        )
        self.assertEqual(kind_of(1), Kind(is_worn=True, is_on_legs=True))
        self.assertEqual(kind_of(7), Kind(is_paired=True))
        self.assertEqual(kind_of(8), Kind(is_carried=True))

    def test_of_other_classes_nothing_is_known(self):
        self.assertEqual(kind_of(2, ("Cup", "Plate", "Bowl")), ANYTHING)
