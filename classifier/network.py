"""The network: images in, logits out. It knows no files, no Django, no class names."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

# A compiled call is made for each of these, so that no request waits for a trace.
BATCH_SIZES = (1, 256)


def build_network(input_shape, class_count, *, widths=(32, 64, 128), dropout=0.2):
    """Build a plain convolutional network with batch normalization.

    Args:
        input_shape: (height, width, channels) of an image.
        class_count: how many logits come out.
        widths: channels of each stage; each next stage works on half the size.
        dropout: share of the features hidden from the last layer while it learns.

    Returns:
        keras.Sequential from float32 (n, *input_shape) in [0, 1]
        to float32 (n, class_count) logits.
    """
    first, *others = widths
    # Pooled before it is normalized: a quarter of the work, the same function.
    stack = [keras.Input(input_shape), *_convolution(first, pooled=True)]
    for width in others:
        stack += _convolution(width)
        stack += _convolution(width, pooled=width is not others[-1])
    stack += [
        layers.GlobalAveragePooling2D(),
        layers.Dropout(dropout),
        layers.Dense(class_count),
    ]
    return keras.Sequential(stack)


def compile_network(network):
    """Compile a network into a call from arrays to arrays, traced and warmed.

    Returns:
        Function from float32 (n, height, width, channels), any n,
        to float32 (n, class_count) logits. Several threads may call it at once.
    """
    shape = network.input_shape[1:]
    calls = {size: _concrete_call(network, (size, *shape)) for size in BATCH_SIZES}
    for size, call in calls.items():
        call(tf.zeros((size, *shape)))

    def logits(batch):
        chunks = [
            _call_padded(calls, batch[start : start + BATCH_SIZES[-1]])
            for start in range(0, len(batch), BATCH_SIZES[-1])
        ]
        if not chunks:
            return np.empty((0, network.output_shape[-1]), np.float32)
        return np.concatenate(chunks)

    return logits


def _convolution(width, *, pooled=False):
    stack = [layers.Conv2D(width, 3, padding="same", use_bias=False)]
    if pooled:
        stack.append(layers.MaxPooling2D())
    return [*stack, layers.BatchNormalization(momentum=0.9), layers.Activation("relu")]


def _concrete_call(network, shape):
    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
    def call(batch):
        return network(batch, training=False)

    return call.get_concrete_function()


def _call_padded(calls, chunk):
    """Call the smallest compiled batch that holds the chunk, padded by zeros."""
    size = next(size for size in BATCH_SIZES if size >= len(chunk))
    missing = size - len(chunk)
    padded = np.pad(chunk, [(0, missing), (0, 0), (0, 0), (0, 0)])
    return calls[size](tf.constant(padded, tf.float32)).numpy()[: len(chunk)]
