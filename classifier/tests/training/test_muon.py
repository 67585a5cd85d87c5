import keras
import numpy as np
from django.test import SimpleTestCase

from classifier.training.muon import ConvolutionMuon


class ConvolutionMuonTests(SimpleTestCase):
    def step(self, shape, gradient):
        variable = keras.Variable(np.zeros(shape, np.float32))
        optimizer = ConvolutionMuon(learning_rate=1.0, weight_decay=None)
        optimizer.build([variable])
        optimizer.apply([keras.ops.convert_to_tensor(gradient)])
        return variable.numpy()

    def test_all_directions_of_a_kernel_count_the_same(self):
        random = np.random.default_rng(0)
        gradient = random.normal(size=(3, 3, 8, 4)).astype(np.float32)
        gradient[..., 0] *= 100

        step = self.step(gradient.shape, gradient).reshape(-1, 4)

        sizes = np.linalg.svd(step, compute_uv=False)
        self.assertLess(sizes.max() / sizes.min(), 2.5)

    def test_a_step_goes_against_the_gradient(self):
        gradient = np.random.default_rng(0).normal(size=(3, 3, 8, 4)).astype("float32")

        step = self.step(gradient.shape, gradient)

        self.assertLess((step * gradient).sum(), 0)

    def test_other_weights_step_as_in_adam(self):
        gradient = np.array([5.0, -0.01], np.float32)

        np.testing.assert_allclose(self.step((2,), gradient), [-1, 1], rtol=1e-3)
