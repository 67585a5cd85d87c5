from unittest import mock

import numpy as np
from django.test import SimpleTestCase

from classifier.validation import split_for_photographs, split_validation

from .networks import make_split


class SplitTests(SimpleTestCase):
    def test_no_image_is_in_both(self):
        split = make_split(24)

        train, validation = split_validation(split, seed=0)

        self.assertEqual((len(train), len(validation)), (20, 4))
        rows = {image.tobytes() for image in (*train.images, *validation.images)}
        self.assertEqual(len(rows), 24)

    def test_of_the_first_images_photographs_are_composed_of_a_quarter_drawings(self):
        validation = make_split(12)

        with mock.patch("classifier.validation.PHOTOGRAPHED", 8):
            to_compose, to_draw = split_for_photographs(validation)

        np.testing.assert_array_equal(to_compose.images, validation.images[:8])
        np.testing.assert_array_equal(to_draw.images, validation.images[:2])
