"""The network: images in, logits out. It knows no files, no Django, no class names."""

import keras
import tensorflow as tf
from keras import layers
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

BEGINNING_WIDTH = 24


def build_network(input_shape, class_count, *, widths=(32, 80, 160)):
    """Build a convolutional network of a residual stage for each width.

    Args:
        input_shape: (height, width, channels) of an image.
        class_count: how many logits come out.
        widths: channels of each stage; each works on half the size of the one before.

    Returns:
        keras.Model from float32 (n, *input_shape) in [0, 1]
        to float32 (n, class_count) logits.

    The 2x2 beginning and the pooling inside a stage follow Jordan 2024,
    "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (arXiv:2404.00498): what learns
    in the fewest operations there does so on a CPU as well.
    """
    images = keras.Input(input_shape)
    features = layers.Conv2D(BEGINNING_WIDTH, 2, activation="relu")(images)
    for width in widths:
        features = _stage(features, width)
    features = layers.GlobalMaxPooling2D()(features)
    return keras.Model(images, layers.Dense(class_count)(features))


def with_mirror_image(network):
    """Build a network that averages the logits of an image and of its mirror image."""
    images = keras.Input(network.input_shape[1:])
    mirrored = keras.ops.flip(images, axis=2)
    logits = layers.Average()([network(images), network(mirrored)])
    return keras.Model(images, logits)


def to_litert(network):
    """Convert a network for `inference`: the bytes of a LiteRT model."""
    batch = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)
    call = tf.function(lambda images: network(images, training=False), [batch])
    frozen = convert_variables_to_constants_v2(call.get_concrete_function())
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen], network).convert()


def _stage(features, width):
    features = _convolution(features, width)
    # Pooled before it is normalized: a quarter of the work, the same function.
    features = layers.MaxPooling2D()(features)
    features = layers.Activation("relu")(_normalize(features))
    residual = _normalize(_convolution(features, width))
    return layers.Activation("relu")(layers.Add()([features, residual]))


def _convolution(features, width):
    return layers.Conv2D(width, 3, padding="same", use_bias=False)(features)


def _normalize(features):
    return layers.BatchNormalization(momentum=0.95)(features)
