from dataclasses import replace
from unittest import mock

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier.networks.backbone import Backbone, Features, to_batch
from classifier.networks.heads import Head
from classifier.networks.photographs import PhotographNetwork
from classifier.networks.projection import Projection
from classifier.networks.turn_prediction import Orientation


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


class SkyAbove:
    """A network with the blue of the top, left, bottom and right as its features."""

    side = 3

    def __call__(self, batch):
        blue = (batch[..., 2] + 1) / 2
        edges = [blue[:, 0], blue[:, :, 0], blue[:, 2], blue[:, :, 2]]
        means = np.stack([edge.mean(axis=1) for edge in edges], axis=-1)
        maps = np.repeat(means[:, None, None], 2, axis=1).repeat(2, axis=2)
        maps[:, 0] *= 1.5  # the top decides
        maps[:, 1] *= 0.5
        return maps


def upright_network():
    """Return a network that knows that blue belongs above, and one class."""
    projection = Projection(
        np.zeros(4, np.float32), np.eye(4, dtype=np.float32), np.ones(4, np.float32)
    )
    above = Head(9 * np.eye(4, dtype=np.float32), np.zeros(4, np.float32))
    head = Head(np.float32([[1, 0], [0, 0], [0, 0], [0, 0]]), np.zeros(2, np.float32))
    return PhotographNetwork(
        Backbone([SkyAbove()]), projection, head, Orientation(above)
    )


def sky():
    """Return a picture that is blue above and black below."""
    picture = Image.new("RGB", (40, 40))
    picture.paste("blue", (0, 0, 40, 14))
    return picture


class TurnedTests(SimpleTestCase):
    def test_a_picture_is_answered_as_it_stands_upright(self):
        network, expected = upright_network(), upright_network().embed(sky())

        for turn in range(4):
            with self.subTest(turn):
                turned = sky().rotate(90 * turn)

                np.testing.assert_allclose(network.embed(turned), expected, atol=0.01)
                self.assertEqual(network.see(turned).turn, -turn % 4)

    def test_the_map_lies_over_the_picture_as_it_came(self):
        network = upright_network()
        [upright] = network.activation_map(sky(), 0)
        [turned] = network.activation_map(sky().rotate(90), 0)

        self.assertGreater(upright[0].min(), upright[1].max())
        self.assertGreater(turned[:, 0].min(), turned[:, 1].max())  # the sky is left

    def test_an_upright_picture_is_looked_at_once(self):
        network = upright_network()
        looking = mock.patch.object(Backbone, "features", autospec=True)

        with looking as features:
            features.side_effect = [Features((SkyAbove()(to_batch(sky(), 3))[0],))]
            seen = network.see(sky())

        self.assertEqual(seen.turn, 0)

    def test_without_an_orientation_a_picture_stays_as_it_came(self):
        network = replace(upright_network(), orientation=None)

        self.assertEqual(network.see(sky().rotate(180)).turn, 0)


class PhotographNetworkTests(SimpleTestCase):
    def test_a_picture_is_squeezed_into_the_square_that_the_network_takes(self):
        batch = to_batch(half_red(), 4)

        self.assertEqual(batch.shape, (1, 4, 4, 3))

    def test_black_and_white_are_the_ends_of_the_published_range(self):
        for colour, value in (("black", -127 / 128), ("white", 1.0)):
            with self.subTest(colour):
                batch = to_batch(Image.new("RGB", (9, 9), colour), 4)

                np.testing.assert_allclose(batch, value)

    def test_evidence_for_a_class_is_in_its_place(self):
        [found] = network().activation_map(half_red(), 0)

        self.assertEqual((found > 0.1).tolist(), [[True, False], [True, False]])

    def test_the_map_sums_to_the_pictures_share_of_the_logit(self):
        answering = network()
        [found] = answering.activation_map(half_red(), 0)

        embedding = answering.embed(half_red()) + answering.projection.centre
        red, blue = answering.logits(embedding[np.newaxis])[0]
        self.assertAlmostEqual(float(found.sum()), float(red - blue) / 2, places=5)

    def test_features_that_are_zero_add_nothing(self):
        black = Image.new("RGB", (8, 8), (0, 0, 0))

        [found] = network().activation_map(black, 0)

        self.assertTrue(np.isfinite(found).all())
