import numpy as np
from django.test import SimpleTestCase

from classifier.training.augmentation import (
    MAX_SHIFT,
    FlippedAndShifted,
    WithDrawings,
    erase,
)
from classifier.training.fashion_mnist import Split

from ..fixtures.networks import CLASS_NAMES as TINY_NAMES
from ..fixtures.networks import make_split


def epoch(stream, number=1):
    batches = list(stream.epoch(number))
    return (
        np.concatenate([batch for batch, _ in batches]),
        np.concatenate([targets for _, targets in batches]),
    )


class StreamTests(SimpleTestCase):
    def stream(self, n, batch_size, seed=1):
        return WithDrawings(make_split(n), TINY_NAMES, batch_size, seed)

    def test_an_epoch_takes_each_image_once(self):
        stream = self.stream(10, batch_size=4)

        batches, targets = epoch(stream)

        self.assertEqual(stream.steps, 3)
        self.assertEqual((batches.shape, batches.dtype), ((10, 28, 28, 1), np.float32))
        self.assertEqual(targets.sum(axis=0).tolist(), [4, 3, 3])

    def test_values_are_between_0_and_1(self):
        batches, _ = epoch(self.stream(100, batch_size=50))

        self.assertEqual((batches.min(), batches.max()), (0, 1))

    def test_the_same_seed_shows_the_same(self):
        first = epoch(self.stream(10, 4))
        again = epoch(self.stream(10, 4))

        np.testing.assert_array_equal(first[0], again[0])

    def test_each_epoch_shows_something_else(self):
        stream = self.stream(10, 4)

        self.assertFalse(np.array_equal(epoch(stream, 1)[0], epoch(stream, 2)[0]))

    def test_a_later_epoch_is_the_same_without_those_before(self):
        stream = self.stream(10, 4)
        epoch(stream, 1)

        np.testing.assert_array_equal(
            epoch(stream, 5)[0], epoch(self.stream(10, 4), 5)[0]
        )


class FlippedAndShiftedTests(SimpleTestCase):
    def test_a_point_moves_by_at_most_the_shift(self):
        images = np.zeros((400, 29, 29), np.uint8)
        images[:, 14, 14] = 255  # the centre, so that mirroring moves nothing
        split = Split(images, np.zeros(400, np.int64))

        batches, _ = epoch(FlippedAndShifted(split, TINY_NAMES, 400, seed=0))

        _, rows, columns, _ = np.nonzero(batches)
        moved = np.unique(np.concatenate([rows, columns])) - 14
        self.assertEqual(moved.tolist(), list(range(-MAX_SHIFT, MAX_SHIFT + 1)))


class WithDrawingsTests(SimpleTestCase):
    def test_drawings_are_few_and_have_even_targets(self):
        split = make_split(100)

        _, targets = epoch(WithDrawings(split, TINY_NAMES, 100, seed=1))

        even = (targets == np.float32(1 / 3)).all(axis=1)
        self.assertEqual(even.sum(), 6)


class EraseTests(SimpleTestCase):
    def test_half_of_the_images_get_a_hole_of_noise(self):
        images = np.full((200, 28, 28), 7, np.uint8)

        erase(images, np.random.default_rng(0))

        holes = (images != 7).mean(axis=(1, 2))
        self.assertTrue(80 < np.count_nonzero(holes) < 120)
        self.assertLess(holes.max(), 0.3)
