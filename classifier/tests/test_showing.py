import numpy as np
from django.test import SimpleTestCase

from classifier.showing import sharpen, stretch, whole

from .drawings import photograph


class WholeTests(SimpleTestCase):
    def test_repeats_the_outermost_pixels_of_an_oblong_picture(self):
        image = whole(photograph(noise=0), 28)

        self.assertEqual((image.shape, image.dtype), ((28, 28), np.uint8))
        np.testing.assert_array_equal(image[:, 0], image[:, 3])
        np.testing.assert_array_equal(image[:, 27], image[:, 24])

    def test_shows_the_garment_where_it_is(self):
        image = whole(photograph(noise=0), 28)

        self.assertEqual(image[15, 14], 0)
        self.assertEqual(image[2, 14], 255)


class StretchTests(SimpleTestCase):
    def test_one_of_fifty_pixels_at_each_end_is_black_or_white(self):
        ramp = np.arange(100, 200).reshape(10, 10)

        stretched = stretch(ramp)

        self.assertEqual(stretched.dtype, np.uint8)
        self.assertEqual((stretched == 0).sum(), 3)
        self.assertEqual((stretched == 255).sum(), 3)

    def test_keeps_an_even_image_even(self):
        stretched = stretch(np.full((28, 28), 77, np.uint8))

        self.assertEqual(len(np.unique(stretched)), 1)


class SharpenTests(SimpleTestCase):
    def test_sets_the_sides_of_an_edge_further_apart(self):
        edge = np.full((9, 9), 100, np.uint8)
        edge[:, 5:] = 150

        row = sharpen(edge, 0.5)[4].tolist()

        self.assertLess(row[4], 96)
        self.assertGreater(row[5], 154)
        self.assertEqual(row[:2] + row[-1:], [100, 100, 150])

    def test_goes_no_further_than_black_and_white(self):
        edge = np.zeros((9, 9), np.uint8)
        edge[:, 5:] = 255

        np.testing.assert_array_equal(sharpen(edge, 1), edge)

    def test_by_nothing_changes_nothing(self):
        noise = np.random.default_rng(0).integers(0, 256, (9, 9), np.uint8)

        np.testing.assert_array_equal(sharpen(noise, 0), noise)
