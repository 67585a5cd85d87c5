"""EfficientNet-Lite in Keras, and its conversion to an int8 LiteRT model.

Tan and Le 2019 (arXiv:1905.11946), in the Lite variants that Google published in 2020:
ReLU6, no squeeze-and-excitation, stem and head of the same width in all of them.
"""

import math
from typing import NamedTuple

import keras
import tensorflow as tf
from keras import layers

from ..image_network import litert_converter

STEM_WIDTH, HEAD_WIDTH = 32, 1280
EPSILON = 1e-3


class Stage(NamedTuple):
    """Blocks of one width."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
# Multipliers of width and depth.
SCALES = {0: (1.0, 1.0), 2: (1.1, 1.2)}


def build_backbone(variant, side):
    """Build the network up to its last feature map.

    Args:
        variant: 0 or 2, of EfficientNet-Lite.
        side: of the square input, in pixels.

    Returns:
        keras.Model from float32 (n, side, side, 3) in [-1, 1] to float32 (n, side / 32,
        side / 32, 1280) in [0, 6].
    """
    width_scale, depth_scale = SCALES[variant]
    pictures = keras.Input((side, side, 3))
    features = _activated(layers.Conv2D(STEM_WIDTH, 3, 2, **_CONVOLUTION)(pictures))
    for number, stage in enumerate(STAGES):
        is_inner = 0 < number < len(STAGES) - 1
        blocks = math.ceil(stage.blocks * depth_scale) if is_inner else stage.blocks
        width = _rounded(stage.width * width_scale)
        for block in range(blocks):
            stride = stage.stride if block == 0 else 1
            features = _block(features, stage, width, stride)
    features = _activated(layers.Conv2D(HEAD_WIDTH, 1, **_CONVOLUTION)(features))
    return keras.Model(pictures, features)


def set_weights(network, tensors):
    """Load published weights (`pretrained.read_weights()`) into a backbone."""
    arrays = iter(tensors.values())
    for layer in network.layers:
        if isinstance(layer, layers.DepthwiseConv2D):
            layer.set_weights([next(arrays).transpose(2, 3, 0, 1)])
        elif isinstance(layer, layers.Conv2D):
            layer.set_weights([next(arrays).transpose(2, 3, 1, 0)])
        elif isinstance(layer, layers.BatchNormalization):
            layer.set_weights([next(arrays) for _ in range(4)])


def to_int8(network, batches):
    """Convert a backbone to a LiteRT model that computes in int8.

    Args:
        network: from `build_backbone()`.
        batches: iterable of float32 (1, side, side, 3), whose activations set the
            ranges of int8; some hundred pictures are enough.

    Returns:
        bytes; the model takes and gives float32.
    """
    converter = litert_converter(network, batch_size=1)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([batch] for batch in batches)
    return converter.convert()


_CONVOLUTION = {"padding": "same", "use_bias": False}


def _block(features, stage, width, stride):
    """Expand, convolve each channel, project; with a residual where shapes agree."""
    before, expanded = features, features.shape[-1] * stage.expansion
    if stage.expansion > 1:
        features = _activated(layers.Conv2D(expanded, 1, **_CONVOLUTION)(features))
    depthwise = layers.DepthwiseConv2D(stage.kernel, stride, **_CONVOLUTION)
    features = _activated(depthwise(features))
    features = _normalized(layers.Conv2D(width, 1, **_CONVOLUTION)(features))
    if before.shape == features.shape:
        return layers.Add()([features, before])
    return features


def _activated(features):
    return layers.ReLU(6.0)(_normalized(features))


def _normalized(features):
    return layers.BatchNormalization(epsilon=EPSILON)(features)


def _rounded(width):
    """Round a width to a multiple of 8, by no more than a tenth downwards."""
    rounded = max(8, int(width + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * width else rounded + 8
