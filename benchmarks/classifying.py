"""Measure how long one core works from a picture to an answer.

    taskset -c 0 python benchmarks/classifying.py [--repeats 100]

Writes one JSON object: medians of processor time in milliseconds, which other work on
the machine hardly changes, and the ratio to TensorFlow alone.
"""

import argparse
import io
import json
import os
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SIZES = {"1 megapixel": (1200, 900), "12 megapixels": (4000, 3000)}


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
    from classifier.networks import checkpoints
    from classifier.networks.preprocessing import to_batch
    from classifier.prediction import served

    classifier = served()
    small = Image.new("L", (28, 28))
    batch = to_batch(classifier.preprocessing.image(small)[np.newaxis])
    checkpoint = checkpoints.served()
    network = checkpoint.load_image_network()
    calls = {
        "28x28": lambda: classifier.classify(small),
        **{
            name: partial(classify_bytes, classifier, make_photograph(size))
            for name, size in SIZES.items()
        },
        "LiteRT alone": lambda: network(batch),
        "TensorFlow alone": tensorflow_call(checkpoint, batch),
    }
    figures = {name: median_ms(call, repeats) for name, call in calls.items()}
    ratio = figures["TensorFlow alone"] / figures["LiteRT alone"]
    return figures | {"TensorFlow / LiteRT": ratio}


def classify_bytes(classifier, content):
    """Decode a file in the same way as an upload, and classify it."""
    from classifier.pictures import open_picture

    return classifier.classify(open_picture(io.BytesIO(content)))


def make_photograph(size):
    """Enlarge one of the page's examples to the JPEG of a telephone, with its noise."""
    from classifier.examples import EXAMPLES

    with EXAMPLES["2"].open() as file:
        example = Image.open(file).convert("RGB")
    pixels = np.asarray(example.resize(size, Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).integers(-6, 7, pixels.shape, np.int16)
    file = io.BytesIO()
    noisy = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(file, "JPEG", quality=90)
    return file.getvalue()


def tensorflow_call(checkpoint, batch):
    import tensorflow as tf

    from classifier.training.image_network import restore, with_mirror_image

    tf.config.threading.set_intra_op_parallelism_threads(1)
    network = with_mirror_image(restore(checkpoint))
    specification = [tf.TensorSpec(batch.shape, tf.float32)]
    call = tf.function(lambda images: network(images, training=False), specification)
    compiled = call.get_concrete_function()
    return lambda: compiled(tf.constant(batch)).numpy()


def median_ms(call, repeats):
    call()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds) * 1000


if __name__ == "__main__":
    main()
