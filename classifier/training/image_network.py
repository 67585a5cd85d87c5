"""The network for images: images in, logits out. Independent of files and Django."""

from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

from ..networks.checkpoints import IMAGE_WEIGHTS

BEGINNING_WIDTH = 24


def build_network(input_shape, class_count, *, widths, precision="float32"):
    """Build a convolutional network with a residual stage for each width.

    Args:
        input_shape: (height, width, channels) of an image.
        class_count: number of logits.
        widths: channels of each stage; each works on half the size of the one before.
        precision: Keras's dtype policy; the logits are always float32.

    Returns:
        keras.Model from float32 (n, *input_shape) in [0, 1] to float32 (n, class_count)
        logits.

    The 2x2 beginning and the pooling inside a stage follow Jordan 2024, "94% on
    CIFAR-10 in 3.29 Seconds on a Single GPU" (arXiv:2404.00498): its network learns in
    the fewest operations, on a CPU as well.
    """
    images = keras.Input(input_shape)
    with _computing_in(precision):
        features = layers.Conv2D(BEGINNING_WIDTH, 2, activation="relu")(images)
        for width in widths:
            features = _stage(features, width)
        features = layers.GlobalMaxPooling2D()(features)
    logits = layers.Dense(class_count, dtype="float32")(features)
    return keras.Model(images, logits)


def restore(checkpoint):
    """Build the network of a checkpoint in its training architecture, with its weights.

    Raises ValueError if the weights do not fit the card.
    """
    network = build_network(
        checkpoint.preprocessing.input_shape,
        len(checkpoint.class_names),
        **checkpoint.card["networks"]["image"],
    )
    with np.load(checkpoint.path / IMAGE_WEIGHTS) as file:
        network.set_weights([file[name] for name in file.files])
    return network


class FusedBatchNormalization(layers.BatchNormalization):
    """Keras's layer, fused in training: a step takes a quarter less time."""

    def call(self, inputs, training=None, mask=None):
        if not training:
            return super().call(inputs, training=False)
        normalized, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            tf.cast(inputs, self.compute_dtype),
            self.gamma.value,
            self.beta.value,
            epsilon=self.epsilon,
        )
        for moving, latest in (
            (self.moving_mean, mean),
            (self.moving_variance, variance),
        ):
            moving.assign(moving * self.momentum + latest * (1 - self.momentum))
        return normalized


def with_mirror_image(network):
    """Build a network that averages the logits of an image and of its mirror image."""
    images = keras.Input(network.input_shape[1:])
    mirrored = keras.ops.flip(images, axis=2)
    logits = layers.Average()([network(images), network(mirrored)])
    return keras.Model(images, logits)


def to_litert(network):
    """Convert a network for `inference`: the bytes of a LiteRT model."""
    return litert_converter(network).convert()


def litert_converter(network, batch_size=None):
    """Return a converter for a network with its weights as constants.

    Args:
        network: keras.Model.
        batch_size: of the converted model; None allows any.
    """
    batch = tf.TensorSpec((batch_size, *network.input_shape[1:]), tf.float32)
    call = tf.function(lambda images: network(images, training=False), [batch])
    frozen = convert_variables_to_constants_v2(call.get_concrete_function())
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen], network)


@contextmanager
def _computing_in(precision):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _stage(features, width):
    features = _convolution(features, width)
    # Pooled before its normalization: a quarter of the work, the same function.
    features = layers.MaxPooling2D()(features)
    features = layers.Activation("relu")(_normalize(features))
    residual = _normalize(_convolution(features, width))
    return layers.Activation("relu")(layers.Add()([features, residual]))


def _convolution(features, width):
    return layers.Conv2D(width, 3, padding="same", use_bias=False)(features)


def _normalize(features):
    return FusedBatchNormalization(momentum=0.95)(features)
