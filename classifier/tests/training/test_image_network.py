import keras
import numpy as np
from django.test import SimpleTestCase

from classifier.networks.litert import MAX_BATCH, Network
from classifier.training.image_network import (
    FusedBatchNormalization,
    build_network,
    to_litert,
    with_mirror_image,
)


class NetworkTests(SimpleTestCase):
    def setUp(self):
        keras.utils.set_random_seed(0)
        self.network = build_network((28, 28, 1), 3, widths=(4, 4))

    def test_gives_a_logit_for_each_class(self):
        self.assertEqual(self.network.output_shape, (None, 3))

    def test_last_layer_is_linear(self):
        self.assertIs(self.network.layers[-1].activation, keras.activations.linear)

    def test_mirror_images_get_the_same_logits(self):
        network = with_mirror_image(self.network)
        batch = np.random.default_rng(0).random((2, 28, 28, 1), np.float32)

        np.testing.assert_allclose(
            network(batch), network(batch[:, :, ::-1]), atol=1e-5
        )

    def test_logits_are_exact_whatever_it_computes_in(self):
        network = build_network(
            (28, 28, 1), 3, widths=(4, 4), precision="mixed_bfloat16"
        )

        self.assertEqual(network.layers[1].compute_dtype, "bfloat16")
        self.assertEqual(network.layers[-1].compute_dtype, "float32")
        self.assertEqual(keras.config.dtype_policy().name, "float32")


class FusedBatchNormalizationTests(SimpleTestCase):
    def test_normalizes_as_keras_does_learning_and_after(self):
        batch = np.random.default_rng(0).normal(3, 2, (50, 6, 6, 4)).astype(np.float32)
        fused, plain = FusedBatchNormalization(), keras.layers.BatchNormalization()
        for training in (True, False):
            with self.subTest(training=training):
                normalized = fused(batch, training=training)

                expected = plain(batch, training=training)
                np.testing.assert_allclose(normalized, expected, atol=2e-3)


class InferenceTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keras.utils.set_random_seed(0)
        cls.keras = build_network((28, 28, 1), 3, widths=(4, 4))
        cls.network = Network(to_litert(cls.keras))

    def test_agrees_with_keras_for_any_batch(self):
        random = np.random.default_rng(0)
        for n in (1, 2, MAX_BATCH, MAX_BATCH + 3, 1):
            with self.subTest(n):
                batch = random.random((n, 28, 28, 1), np.float32)

                expected = self.keras(batch, training=False)
                np.testing.assert_allclose(self.network(batch), expected, atol=1e-5)

    def test_takes_an_empty_batch(self):
        logits = self.network(np.empty((0, 28, 28, 1), np.float32))

        self.assertEqual(logits.shape, (0, 3))

    def test_refuses_a_file_that_is_no_network(self):
        with self.assertRaises(ValueError):
            Network(b"no network")
