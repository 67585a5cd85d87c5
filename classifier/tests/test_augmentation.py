from unittest import mock

import numpy as np
from django.test import SimpleTestCase

from classifier.augmentation import (
    MAX_SHIFT,
    FlippedAndShifted,
    Photographs,
    WithDrawings,
    drawings,
    erase,
    photographs,
)
from classifier.dataset import Split

from .networks import CLASS_NAMES as TINY_NAMES
from .networks import make_split


def epoch(stream, number=1):
    batches = list(stream.epoch(number))
    return (
        np.concatenate([batch for batch, _ in batches]),
        np.concatenate([targets for _, targets in batches]),
    )


class PhotographsTests(SimpleTestCase):
    def stream(self, n, batch_size, seed=1):
        return Photographs(make_split(n), TINY_NAMES, batch_size, seed)

    def test_an_epoch_takes_each_image_once(self):
        stream = self.stream(10, batch_size=4)

        batches, targets = epoch(stream)

        self.assertEqual(stream.steps, 3)
        self.assertEqual((batches.shape, batches.dtype), ((10, 28, 28, 1), np.float32))
        self.assertEqual(targets.sum(axis=0).tolist(), [4, 3, 3])

    def test_values_are_between_0_and_1(self):
        batches, _ = epoch(self.stream(100, batch_size=50))

        self.assertEqual((batches.min(), batches.max()), (0, 1))

    def test_drawings_of_no_class_have_even_targets(self):
        _, targets = epoch(self.stream(100, batch_size=100))

        even = (targets == np.float32(1 / 3)).all(axis=1)
        self.assertEqual(even.sum(), 12)
        self.assertEqual(set(targets[~even].max(axis=1)), {1})

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

    def test_photographs_and_drawings_are_sharpened_and_images_are_not(self):
        sharpened, _ = epoch(self.stream(100, 100))
        with mock.patch("classifier.augmentation.MOST_SHARPENED", 0):
            averaged, _ = epoch(self.stream(100, 100))

        more, less = (
            np.abs(np.diff(batch[..., 0])).mean(axis=(1, 2))
            for batch in (sharpened, averaged)
        )

        self.assertEqual((more[12:52] != less[12:52]).sum(), 0)
        self.assertGreaterEqual((more[:12] > less[:12]).sum(), 8)
        self.assertGreaterEqual((more[52:] > less[52:]).sum(), 45)

    def test_of_a_photographed_data_set_any_view_is_taken(self):
        dark, light = np.zeros((40, 28, 28)), np.full((40, 28, 28), 255)
        images = np.concatenate([dark, light], axis=2).astype(np.uint8)
        split = Split(images, np.zeros(40, np.int64))

        batches, _ = epoch(FlippedAndShifted(split, TINY_NAMES, 40, seed=0))

        levels = batches[:, 14, 14, 0]
        self.assertEqual(set(levels.tolist()), {0.0, 1.0})


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


class ForCalibrationTests(SimpleTestCase):
    def test_each_image_gives_a_photograph_and_a_drawing(self):
        split = make_split(6)

        for made in (photographs(split, TINY_NAMES, 1), drawings(split, 1)):
            self.assertEqual(made.shape, (6, 28, 56))
            self.assertEqual(len(np.unique(made, axis=0)), 6)

    def test_the_same_seed_gives_the_same_ones(self):
        first, again = (photographs(make_split(4), TINY_NAMES, 5) for _ in range(2))

        np.testing.assert_array_equal(first, again)
