"""Small data sets and checkpoints, made for tests in well under a second each."""

import struct
from functools import cache

import numpy as np

from classifier import registry
from classifier.dataset import Dataset, Split
from classifier.networks.heads import Moments
from classifier.preprocessing import Preprocessing

CHANNELS = 8  # of the tiny backbone
CLASS_NAMES = ("Top half", "Bottom half", "Middle")


def make_split(n, seed=0):
    """Return images of one bright band each, by its place labelled 0, 1 or 2."""
    random = np.random.default_rng(seed)
    labels = np.arange(n) % len(CLASS_NAMES)
    images = random.integers(0, 60, (n, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        top = (0, 19, 10)[label]
        image[top : top + 9] += 150
    return Split(images, labels)


def make_dataset(train=96, test=30):
    """Return a data set that a tiny network learns in a few epochs."""
    return Dataset(make_split(train), make_split(test, seed=1), CLASS_NAMES)


def write_idx(path, array):
    """Write an array of unsigned bytes as an IDX file."""
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def make_card(**changes):
    """Return the part of a card that serving needs, for tiny networks of both kinds."""
    preprocessing = Preprocessing()
    return {
        "class_names": list(CLASS_NAMES),
        "networks": {"image": {"widths": [4, 4]}, "photograph": {"variants": [0]}},
        "preprocessing": {
            "version": preprocessing.version,
            "parameters": preprocessing.parameters,
        },
        "calibration": make_calibration(),
        **changes,
    }


def make_calibration(temperature=1.0, threshold=0.5, of_photographs=None):
    """Return a card's calibration, of photographs the same unless told."""
    scale = {"temperature": temperature, "threshold": threshold}
    return {"image": scale, "photograph": {**scale, **(of_photographs or {})}}


def make_checkpoint(version="tiny", **changes):
    """Save untrained tiny networks and serve them; set CHECKPOINTS_DIR before."""
    card = make_card(**changes)
    class_count, files = len(card["class_names"]), {}
    if image := card["networks"].get("image"):
        weights, model = make_network(class_count, *image["widths"])
        files[registry.IMAGE_WEIGHTS] = {f"arr_{i}": w for i, w in enumerate(weights)}
        files[registry.IMAGE_MODEL] = model
    if "photograph" in card["networks"]:
        files |= make_photograph_files(class_count)
    checkpoint = registry.save(version, files, card, f"<h1>{version}</h1>")
    registry.serve(version)
    return checkpoint


@cache
def make_network(class_count, *widths):
    """Return the weights of an untrained network, and the network to serve."""
    import keras

    from classifier.network import build_network, to_litert, with_mirror_image

    keras.utils.set_random_seed(0)
    network = build_network(Preprocessing().input_shape, class_count, widths=widths)
    return network.get_weights(), to_litert(with_mirror_image(network))


def make_photograph_files(class_count):
    """Return a tiny backbone, and a head for so many classes and "none of these"."""
    random = np.random.default_rng(0)
    head = {
        "centre": np.zeros(CHANNELS, np.float32),
        "basis": np.eye(CHANNELS, dtype=np.float16),
        "step": np.full(CHANNELS, 0.02, np.float32),
        "weights": random.normal(size=(CHANNELS, class_count + 1)).astype(np.float32),
        "bias": np.zeros(class_count + 1, np.float32),
    }
    return {
        registry.BACKBONE_MODEL.format(variant=0): make_backbone(),
        registry.HEAD: head,
        registry.EMBEDDINGS: make_embeddings(class_count + 1),
    }


def make_embeddings(output_count):
    """Return what a head is learnt from: two pictures of each output."""
    random = np.random.default_rng(0)
    labels = np.arange(2 * output_count) % output_count
    levels = random.integers(-100, 101, (len(labels), CHANNELS), np.int8)
    moments = Moments.of(levels * np.float32(0.02), labels, output_count)
    return {
        "embeddings": levels,
        "labels": labels.astype(np.int16),
        "groups": np.arange(len(labels), dtype=np.int32),
        "counts": moments.counts,
        "sums": moments.sums.astype(np.float32),
        "products": moments.products.astype(np.float32),
        "prior_labels": np.empty(0, np.int16),
        "prior_means": np.empty((0, CHANNELS), np.float32),
        "prior_weights": np.empty(0, np.float32),
    }


@cache
def make_backbone():
    """Return an untrained backbone of one convolution, for pictures of 32 pixels."""
    import keras

    from classifier.network import litert_converter

    keras.utils.set_random_seed(0)
    pictures = keras.Input((32, 32, 3))
    convolution = keras.layers.Conv2D(CHANNELS, 8, 8, activation="relu6")
    network = keras.Model(pictures, convolution(pictures))
    return litert_converter(network, batch_size=1).convert()
