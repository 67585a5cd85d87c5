"""Muon for convolutions: steps whose directions all count the same.

Few passes over the data are enough with it, which is what a CPU has time for.
"""

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Step along orthogonalized momentum; AdamW for what is no convolution.

    A kernel (height, width, in, out) is taken for a matrix (height * width * in, out),
    as Jordan et al. 2024 do it, https://kellerjordan.github.io/posts/muon/.
    """

    def _should_use_adamw(self, variable):
        # The first kernel sees one channel: too few directions to even out.
        return len(variable.shape) != 4 or variable.shape[2] == 1

    def _muon_update_step(self, gradient, variable, lr, m):
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        direction = ops.add(gradient, self.momentum * m)
        matrix = ops.reshape(direction, (-1, variable.shape[-1]))
        step = self.zeropower_via_newtonschulz5(matrix, self.ns_steps)
        step = ops.reshape(self.lr_adjust(step), variable.shape)
        self.assign_sub(variable, lr * step)
