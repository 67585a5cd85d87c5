import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier.networks.backbone import Backbone, to_batch
from classifier.networks.heads import Head
from classifier.networks.photographs import PhotographNetwork
from classifier.networks.projection import Projection


class Quarters:
    """A network with the red and the blue of each quarter as its features."""

    side = 4

    def __call__(self, batch):
        quarters = (batch + 1).reshape(-1, 2, 2, 2, 2, 3).mean(axis=(2, 4))
        return quarters[..., [0, 2]]


def network():
    """Return a network of two classes: red things and blue things."""
    projection = Projection(
        np.float32([0.3, 0.3]), np.eye(2, dtype=np.float32), np.float32([1, 1])
    )
    head = Head(np.eye(2, dtype=np.float32), np.zeros(2, np.float32))
    return PhotographNetwork(Backbone([Quarters()]), projection, head)


def half_red():
    """Return a picture, red on the left and black on the right."""
    picture = Image.new("RGB", (40, 20))
    picture.paste("red", (0, 0, 20, 20))
    return picture


class PhotographNetworkTests(SimpleTestCase):
    def test_a_picture_is_squeezed_into_the_square_that_the_network_takes(self):
        batch = to_batch(half_red(), 4)

        self.assertEqual(batch.shape, (1, 4, 4, 3))

    def test_black_and_white_are_the_ends_of_the_published_range(self):
        for colour, value in (("black", -127 / 128), ("white", 1.0)):
            with self.subTest(colour):
                batch = to_batch(Image.new("RGB", (9, 9), colour), 4)

                np.testing.assert_allclose(batch, value)

    def test_what_speaks_for_a_class_is_where_it_is(self):
        [found] = network().activation_map(half_red(), 0)

        self.assertEqual((found > 0.1).tolist(), [[True, False], [True, False]])

    def test_the_map_adds_up_to_what_the_picture_adds_to_the_logit(self):
        answering = network()
        [found] = answering.activation_map(half_red(), 0)

        embedding = answering.embed(half_red()) + answering.projection.centre
        red, blue = answering.logits(embedding[np.newaxis])[0]
        self.assertAlmostEqual(float(found.sum()), float(red - blue) / 2, places=5)

    def test_features_that_are_zero_add_nothing(self):
        black = Image.new("RGB", (8, 8), (0, 0, 0))

        [found] = network().activation_map(black, 0)

        self.assertTrue(np.isfinite(found).all())
