"""Training recipes: architecture, data stream and learning rate.

Importing this module does not import TensorFlow.
"""

import math
from dataclasses import dataclass

from .augmentation import FlippedAndShifted, WithDrawings

PEAK_LEARNING_RATE = 0.02
WARM_UP_EPOCHS = 0.5
# The share of a training after which the learning rate begins to fall.
LEVEL_SHARE = 0.5
LABEL_SMOOTHING = 0.05
# With fewer steps a network learns little, even on a small data set.
LEAST_STEPS = 600


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of one kind of training, and its usual length."""

    # The input of the network; called with a split, class names, batch size and seed.
    stream: type
    # Channels of the network's stages.
    widths: tuple[int, ...]
    epochs: int
    batch_size: int = 256

    @property
    def architecture(self):
        """Keyword arguments of `network.build_network()`, as stored in a card."""
        return {"widths": list(self.widths)}

    def suited_to(self, n):
        """Epochs and batch size for n images: small data sets get more epochs."""
        batch_size = max(8, min(self.batch_size, n // 8))
        steps = math.ceil(n / batch_size)
        return max(self.epochs, math.ceil(LEAST_STEPS / steps)), batch_size


RECIPES = {
    "plain": Recipe(FlippedAndShifted, (32, 80, 160), epochs=8),
    "outliers": Recipe(WithDrawings, (64, 96, 192), epochs=40),
}


def make_optimizer():
    """Muon for the convolutions, AdamW for the rest."""
    from .muon import ConvolutionMuon

    return ConvolutionMuon(
        weight_decay=0.05, momentum=0.9, adam_lr_ratio=0.25, adam_weight_decay=0.0
    )


def learning_rate(passed, epochs):
    """A trapezoidal schedule: linear warm-up, constant, linear decay to a hundredth.

    Args:
        passed: finished epochs, a real number.
        epochs: total number of epochs.

    The constant rate does not depend on the number of epochs, so a training can be
    resumed with more of them. Follows Hagele et al. 2024 (arXiv:2405.18392).
    """
    up = passed / WARM_UP_EPOCHS
    down = (epochs - passed) / (epochs * (1 - LEVEL_SHARE))
    return PEAK_LEARNING_RATE * max(min(up, 1, down), 0.01)
