from unittest import mock

import cv2
import numpy as np
from django.test import SimpleTestCase

from classifier.finding import find, views
from classifier.masks import box, width_to_height
from classifier.showing import LEVELS

from .drawings import BEIGE, NAVY, RED, photograph


class FindTests(SimpleTestCase):
    def test_finds_the_garment_to_the_pixel_or_two(self):
        for ground, garment in ((BEIGE, NAVY), (NAVY, BEIGE), (RED, BEIGE)):
            with self.subTest(ground=ground, garment=garment):
                left, top, right, bottom = box(find(photograph(ground, garment)))

                np.testing.assert_allclose(
                    (left, top, right, bottom), (6, 25, 66, 75), atol=2
                )

    def test_tells_colours_of_the_same_grey_apart(self):
        green = (60, 120, 60)
        red = (184, 60, 60)
        greys = cv2.cvtColor(np.uint8([[green, red]]), cv2.COLOR_RGB2GRAY)[0]
        self.assertLess(abs(int(greys[0]) - int(greys[1])), 8)

        mask = find(photograph(green, red))

        self.assertGreater(mask[30:70, 25:48].mean(), 0.98)
        self.assertLess(mask[80:].mean(), 0.02)

    def test_leaves_out_what_lies_in_a_corner(self):
        rgb = photograph()
        rgb[86:94, 2:10] = NAVY

        self.assertIs(bool(find(rgb)[84:].any()), False)

    def test_finds_what_the_lower_edge_cuts(self):
        rgb = photograph()
        rgb[70:, 14:58] = NAVY

        mask = find(rgb)

        self.assertGreater(mask[30:, 22:50].mean(), 0.95)
        self.assertLess(mask[:20].mean(), 0.02)

    def test_finds_a_white_garment_before_white(self):
        rgb = photograph((255, 255, 255), (238, 240, 238), noise=0.5)

        mask = find(rgb)

        self.assertGreater(mask[30:70, 25:48].mean(), 0.98)
        self.assertLess(mask[:20].mean(), 0.02)

    def test_a_print_is_not_all_of_a_garment_that_is_like_its_ground(self):
        rgb = photograph((255, 255, 255), (240, 240, 238), noise=0.5)
        rgb[40:55, 28:44] = NAVY

        mask = find(rgb)

        np.testing.assert_allclose(box(mask), (6, 25, 66, 75), atol=2)

    def test_the_ground_is_seen_through_straps_before_white(self):
        rgb = photograph((255, 255, 255), noise=0.5)
        rgb[45:65, 28:44] = 255

        self.assertLess(find(rgb)[48:62, 31:41].mean(), 0.02)

    def test_takes_everything_where_nothing_stands_out(self):
        for level in (0, 128, 255):
            with self.subTest(level):
                mask = find(np.full((96, 72, 3), level, np.uint8))

                self.assertIs(bool(mask.all()), True)

    def test_the_same_picture_gives_the_same_mask(self):
        np.testing.assert_array_equal(find(photograph()), find(photograph()))

    def test_takes_narrow_pictures(self):
        for shape in ((8, 96, 3), (96, 8, 3), (8, 8, 3)):
            with self.subTest(shape):
                rgb = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

                self.assertEqual(find(rgb).shape, shape[:2])


class CutOutTests(SimpleTestCase):
    def test_shows_the_garment_light_on_black(self):
        for garment in (NAVY, BEIGE):
            with self.subTest(garment):
                image, _ = views(photograph(ground=RED, garment=garment), 28)

                self.assertEqual((image.shape, image.dtype), ((28, 28), np.uint8))
                self.assertEqual(image[0].max(), 0)
                self.assertGreaterEqual(image[10:18, 10:18].min(), LEVELS[0])

    def test_keeps_the_aspect_and_centres(self):
        image, _ = views(photograph(), 28)

        rows = np.flatnonzero(image.max(axis=1) > LEVELS[0])
        columns = np.flatnonzero(image.max(axis=0) > LEVELS[0])
        self.assertAlmostEqual(len(columns) / len(rows), 60 / 50, delta=0.12)
        self.assertAlmostEqual(rows.mean(), 13.5, delta=0.6)
        self.assertAlmostEqual(columns.mean(), 13.5, delta=0.6)

    def test_a_blank_picture_is_black(self):
        for level in (0, 128, 255):
            with self.subTest(level):
                image, _ = views(np.full((96, 72, 3), level, np.uint8), 28)

                self.assertEqual(image.max(), 0)

    def test_a_lighter_part_of_the_garment_becomes_darker(self):
        rgb = photograph()
        rgb[50:60, 28:44] = (90, 100, 150)

        image, _ = views(rgb, 28)

        self.assertLess(int(image[16, 14]), int(image[9, 14]) - 50)

    def test_what_is_narrow_stands_out_more_than_in_an_average(self):
        rgb = photograph(noise=0)
        rgb[25:75, 35:38] = (50, 60, 110)  # a placket, less than a pixel of a view

        sharp = views(rgb, 28)
        with mock.patch("classifier.finding.SHARPENED", 0):
            averaged = views(rgb, 28)

        for place in range(2):
            with self.subTest(place=place):
                contrasts = [
                    int(np.ptp(shown[place][18, 10:18])) for shown in (sharp, averaged)
                ]
                self.assertGreater(contrasts[0], 1.1 * contrasts[1])


class DrawnOutTests(SimpleTestCase):
    def ratios(self, width, height):
        """The width to the height of a rectangle, in both views."""
        rgb = np.full((96, 96, 3), BEIGE, np.uint8)
        top, left = (96 - height) // 2, (96 - width) // 2
        rgb[top : top + height, left : left + width] = NAVY
        cut_out, shown = views(rgb, 96)
        for mask in (cut_out > LEVELS[0], shown < 128):
            yield width_to_height(mask)

    def test_a_shoe_at_an_angle_is_drawn_out_to_the_data_sets_proportions(self):
        for ratio in self.ratios(72, 48):
            self.assertAlmostEqual(ratio, 1.95, delta=0.2)

    def test_a_shoe_from_the_side_keeps_its_proportions(self):
        for ratio in self.ratios(72, 30):
            self.assertAlmostEqual(ratio, 2.4, delta=0.3)

    def test_clothes_that_are_laid_out_keep_theirs(self):
        for ratio in self.ratios(66, 55):
            self.assertAlmostEqual(ratio, 1.2, delta=0.1)
