"""Muon for convolutions: steps with equal weight for all directions.

It needs few passes over the data, which suits the speed of a CPU.
"""

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Steps along orthogonalized momentum for convolutions; AdamW for other weights.

    A kernel (height, width, in, out) is reshaped to (height * width * in, out), as in
    Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.
    """

    def _should_use_adamw(self, variable):
        # The first kernel has one channel: too few directions to orthogonalize.
        return len(variable.shape) != 4 or variable.shape[2] == 1

    def _muon_update_step(self, gradient, variable, lr, m):
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        direction = ops.add(gradient, self.momentum * m)
        matrix = ops.reshape(direction, (-1, variable.shape[-1]))
        step = self.zeropower_via_newtonschulz5(matrix, self.ns_steps)
        step = ops.reshape(self.lr_adjust(step), variable.shape)
        self.assign_sub(variable, lr * step)
