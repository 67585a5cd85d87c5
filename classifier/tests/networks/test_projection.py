import numpy as np
from django.test import SimpleTestCase

from classifier.embeddings import SEARCHED
from classifier.networks.projection import Projection


class ProjectionTests(SimpleTestCase):
    def setUp(self):
        random = np.random.default_rng(0)
        self.pooled = random.gamma(1, 1, (40, 12)).astype(np.float32)
        self.projection = Projection.learn(self.pooled, dimensions=8)

    def test_has_as_many_numbers_as_asked_for(self):
        self.assertEqual(self.projection.embed(self.pooled).shape, (40, 8))

    def test_the_first_numbers_vary_most(self):
        spread = self.projection.embed(self.pooled).std(axis=0)

        self.assertEqual(spread.tolist(), sorted(spread, reverse=True))

    def test_a_mean_picture_lies_at_zero(self):
        embedded = self.projection.embed(self.pooled)

        np.testing.assert_allclose(embedded.mean(axis=0), 0, atol=1e-5)

    def test_bytes_lose_at_most_half_a_level(self):
        embedded = self.projection.embed(self.pooled)

        restored = self.projection.restore(self.projection.quantize(embedded))

        error = np.abs(restored - embedded) / self.projection.step
        self.assertLessEqual(error.max(), 0.501)

    def test_values_beyond_the_range_of_a_byte_are_clipped(self):
        far = self.projection.step * 1000

        self.assertEqual(self.projection.quantize(far[np.newaxis]).max(), 127)

    def test_an_upload_keeps_the_bytes_and_the_numbers_that_the_first_stand_for(self):
        embedded = self.projection.embed(self.pooled)[0]

        stored = self.projection.store(embedded, "e1")

        levels = np.frombuffer(stored.levels, np.int8)
        self.assertEqual(levels.tolist(), self.projection.quantize(embedded).tolist())
        numbers = [*self.projection.restore(levels), *[0] * (SEARCHED - 8)]
        np.testing.assert_allclose(stored.vector, numbers, rtol=1e-6)
