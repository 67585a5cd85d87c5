"""Measure how long one core takes from a decoded picture to an answer.

    taskset -c 0 python benchmarks/classifying.py [--repeats 100]

Writes one JSON object: medians in milliseconds, and the ratio to TensorFlow alone.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

TWELVE_MEGAPIXELS = (4000, 3000)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--repeats", type=int, default=100, help="calls for each median (default: 100)"
    )
    figures = measure(parser.parse_args().repeats)
    rounded = {name: round(value, 3) for name, value in figures.items()}
    sys.stdout.write(json.dumps(rounded) + "\n")


def measure(repeats):
    """Return the median milliseconds of each way to an answer, and their ratio."""
    from classifier import registry
    from classifier.prediction import served
    from classifier.preprocessing import to_batch

    classifier = served()
    small, large = Image.new("L", (28, 28)), make_photograph()
    batch = to_batch(classifier.preprocessing.image(small)[np.newaxis])
    checkpoint = registry.served()
    network = checkpoint.load_image_network()
    calls = {
        "28x28": lambda: classifier.classify(small),
        "12 megapixels": lambda: classifier.classify(large),
        "LiteRT alone": lambda: network(batch),
        "TensorFlow alone": tensorflow_call(checkpoint, batch),
    }
    figures = {name: median_ms(call, repeats) for name, call in calls.items()}
    ratio = figures["TensorFlow alone"] / figures["LiteRT alone"]
    return figures | {"TensorFlow / LiteRT": ratio}


def make_photograph():
    """Draw a dark thing in soft light, as a telephone would deliver it."""
    width, height = TWELVE_MEGAPIXELS
    light = np.linspace(150, 230, width, dtype=np.uint8)
    pixels = np.repeat(np.tile(light, (height, 1))[..., np.newaxis], 3, axis=2)
    pixels[800:2400, 1300:2600] = (40, 60, 110)
    return Image.fromarray(pixels)


def tensorflow_call(checkpoint, batch):
    import tensorflow as tf

    from classifier.network import with_mirror_image

    tf.config.threading.set_intra_op_parallelism_threads(1)
    network = with_mirror_image(checkpoint.load_keras())
    specification = [tf.TensorSpec(batch.shape, tf.float32)]
    call = tf.function(lambda images: network(images, training=False), specification)
    compiled = call.get_concrete_function()
    return lambda: compiled(tf.constant(batch)).numpy()


def median_ms(call, repeats):
    call()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


if __name__ == "__main__":
    main()
