import keras
import numpy as np
from django.test import SimpleTestCase

from classifier.networks.litert import Network
from classifier.training.photographs.efficientnet import build_backbone, to_int8


class EfficientNetTests(SimpleTestCase):
    def test_has_as_many_parameters_as_was_published(self):
        """Lite0 has 4,694,024, of which 1,281,000 are its classifier's."""
        self.assertEqual(build_backbone(0, 224).count_params(), 4_694_024 - 1_281_000)

    def test_shrinks_a_side_to_a_thirty_second_rounded_up(self):
        self.assertEqual(build_backbone(2, 260).output_shape, (None, 9, 9, 1280))

    def test_int8_sees_nearly_what_the_network_sees(self):
        keras.utils.set_random_seed(0)
        pictures = keras.Input((8, 8, 3))
        features = keras.layers.Conv2D(16, 3, 2, padding="same")(pictures)
        network = keras.Model(pictures, keras.layers.ReLU(6.0)(features))
        random = np.random.default_rng(0)
        batches = random.uniform(-1, 1, (8, 1, 8, 8, 3)).astype(np.float32)

        converted = Network(to_int8(network, batches))(batches[0])

        expected = network(batches[0]).numpy()
        cosine = (converted * expected).sum() / (
            np.linalg.norm(converted) * np.linalg.norm(expected)
        )
        self.assertGreater(cosine, 0.99)
