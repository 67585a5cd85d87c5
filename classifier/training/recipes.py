"""The ways to train: what the network is, what it sees, how fast it learns.

Importing it does not import TensorFlow.
"""

import math
from dataclasses import dataclass

from .augmentation import FlippedAndShifted, WithDrawings

PEAK_LEARNING_RATE = 0.02
WARM_UP_EPOCHS = 0.5
# The share of a training after which the learning rate begins to fall.
LEVEL_SHARE = 0.5
LABEL_SMOOTHING = 0.05
# Fewer steps teach a network little, however small the data set.
LEAST_STEPS = 600


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one training has that another has not, and its usual length."""

    # What the network sees; called with a split, class names, batch size and seed.
    stream: type
    # Channels of the network's stages.
    widths: tuple[int, ...]
    epochs: int
    batch_size: int = 256

    @property
    def architecture(self):
        """Keyword arguments of `network.build_network()`, as a card keeps them."""
        return {"widths": list(self.widths)}

    def suited_to(self, n):
        """Epochs and batch size for n images: small data sets are seen more often."""
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
    """Up in a line, level, then down in a line to a hundredth.

    Args:
        passed: epochs that are over, a real number.
        epochs: how many there are in all.

    While the rate is level it does not depend on the number of epochs, so a training
    can be resumed with more of them. Follows Hagele et al. 2024 (arXiv:2405.18392).
    """
    up = passed / WARM_UP_EPOCHS
    down = (epochs - passed) / (epochs * (1 - LEVEL_SHARE))
    return PEAK_LEARNING_RATE * max(min(up, 1, down), 0.01)
