import numpy as np
from django.test import SimpleTestCase

from classifier.masks import box, centrality, inside, large_parts, width_to_height


def mask(*parts, shape=(20, 30)):
    drawn = np.zeros(shape, bool)
    for part in parts:
        drawn[part] = True
    return drawn


class MaskTests(SimpleTestCase):
    def test_the_box_is_around_all_parts(self):
        parts = mask(np.s_[3:5, 4:9], np.s_[10:12, 20:25])

        self.assertEqual(tuple(map(int, box(parts))), (4, 3, 25, 12))

    def test_the_box_is_as_wide_as_its_parts_and_what_is_between(self):
        parts = mask(np.s_[3:5, 4:9], np.s_[10:12, 17:22])

        self.assertEqual(width_to_height(parts), 2)

    def test_the_inside_is_without_the_outline(self):
        np.testing.assert_array_equal(
            inside(mask(np.s_[3:9, 4:12])), mask(np.s_[4:8, 5:11])
        )

    def test_parts_of_a_fifth_of_the_largest_stay(self):
        largest, fifth, less = np.s_[0:10, 0:10], np.s_[12:16, 0:5], np.s_[12:16, 10:14]

        np.testing.assert_array_equal(
            large_parts(mask(largest, fifth, less)), mask(largest, fifth)
        )

    def test_nothing_has_no_large_parts(self):
        self.assertIs(bool(large_parts(mask()).any()), False)

    def test_the_centre_is_most_central(self):
        nearness = centrality((21, 31), (15, 10), (31, 21))

        self.assertEqual(np.unravel_index(nearness.argmax(), (21, 31)), (10, 15))
        self.assertEqual(nearness.max(), 1)
        self.assertEqual(nearness[10, 0], nearness[10, 30])
