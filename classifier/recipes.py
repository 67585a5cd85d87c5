"""The ways to train: network, batches, optimizer and learning rate that go together.

Importing it does not import TensorFlow.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from .augmentation import FlippedAndShifted, Mixture

WARM_UP_SHARE = 0.2
WARM_UP_EPOCHS = 0.5
# The share of a training after which a level learning rate begins to fall.
LEVEL_SHARE = 0.5
# Fewer steps teach a network little, however small the data set.
LEAST_STEPS = 600


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train, but for what the command line decides."""

    # Keyword arguments of `network.build_network()`.
    architecture: dict
    # Called with a split, class names, batch size and seed.
    stream: type
    make_optimizer: Callable
    # Called with the epochs passed, a real number, and how many there are in all.
    learning_rate: Callable
    label_smoothing: float
    epochs: int
    batch_size: int
    # Up to this share of a training, more epochs may be asked for when it is resumed.
    extensible_share: float = 0.0

    def suited_to(self, n):
        """Epochs and batch size for n images: small data sets are seen more often."""
        batch_size = max(8, min(self.batch_size, n // 8))
        steps = math.ceil(n / batch_size)
        return max(self.epochs, math.ceil(LEAST_STEPS / steps)), batch_size


def one_cycle(passed, epochs, peak):
    """Up in a line for a fifth of the way, down along a cosine to 0.

    Follows Smith and Topin 2018 (arXiv:1708.07120).
    """
    done = passed / epochs
    if done < WARM_UP_SHARE:
        return peak * max(done / WARM_UP_SHARE, 0.05)
    falling = (done - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)
    return peak * (1 + math.cos(math.pi * falling)) / 2


def level_then_falling(passed, epochs, peak):
    """Up in a line, level, then down in a line to a hundredth.

    While the rate is level it does not depend on the number of epochs, so a training
    can be resumed with more of them. Follows Hagele et al. 2024 (arXiv:2405.18392).
    """
    up = passed / WARM_UP_EPOCHS
    down = (epochs - passed) / (epochs * (1 - LEVEL_SHARE))
    return peak * max(min(up, 1, down), 0.01)


def _adamw():
    import keras

    optimizer = keras.optimizers.AdamW(weight_decay=0.02)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _muon():
    from .muon import ConvolutionMuon

    return ConvolutionMuon(
        weight_decay=0.05, momentum=0.9, adam_lr_ratio=0.25, adam_weight_decay=0.0
    )


RECIPES = {
    "plain": Recipe(
        architecture={"kind": "residual", "widths": [32, 80, 160], "dropout": 0.0},
        stream=FlippedAndShifted,
        make_optimizer=_muon,
        learning_rate=lambda passed, epochs: level_then_falling(
            passed, epochs, peak=0.02
        ),
        label_smoothing=0.05,
        epochs=10,
        batch_size=256,
        extensible_share=LEVEL_SHARE,
    ),
    "photographs": Recipe(
        architecture={"kind": "residual", "widths": [32, 80, 160], "dropout": 0.0},
        stream=Mixture,
        make_optimizer=_muon,
        learning_rate=lambda passed, epochs: level_then_falling(
            passed, epochs, peak=0.02
        ),
        label_smoothing=0.05,
        epochs=20,
        batch_size=256,
        extensible_share=LEVEL_SHARE,
    ),
}
