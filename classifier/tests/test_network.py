import keras
import numpy as np
from django.test import SimpleTestCase

from classifier.network import BATCH_SIZES, build_network, compile_network


class NetworkTests(SimpleTestCase):
    def setUp(self):
        keras.utils.set_random_seed(0)
        self.network = build_network((28, 28, 1), 3, widths=(4, 4))

    def test_gives_a_logit_for_each_class(self):
        self.assertEqual(self.network.output_shape, (None, 3))

    def test_last_layer_is_linear(self):
        self.assertIs(self.network.layers[-1].activation, keras.activations.linear)

    def test_compiled_call_agrees_with_the_network_for_any_batch(self):
        call = compile_network(self.network)
        random = np.random.default_rng(0)
        for n in (1, 2, BATCH_SIZES[-1], BATCH_SIZES[-1] + 3):
            with self.subTest(n):
                batch = random.random((n, 28, 28, 1), np.float32)

                logits = call(batch)

                expected = self.network(batch, training=False)
                np.testing.assert_allclose(logits, expected, atol=1e-5)

    def test_compiled_call_takes_an_empty_batch(self):
        call = compile_network(self.network)

        self.assertEqual(call(np.empty((0, 28, 28, 1), np.float32)).shape, (0, 3))
