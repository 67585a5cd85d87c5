from django.test import SimpleTestCase

from classifier.training.splits import split_validation

from ..fixtures.networks import make_split


class SplitTests(SimpleTestCase):
    def test_no_image_is_in_both(self):
        split = make_split(24)

        train, validation = split_validation(split, seed=0)

        self.assertEqual((len(train), len(validation)), (20, 4))
        rows = {image.tobytes() for image in (*train.images, *validation.images)}
        self.assertEqual(len(rows), 24)
