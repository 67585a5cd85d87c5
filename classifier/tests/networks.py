"""Small data sets and checkpoints, made for tests in well under a second each."""

import struct
from functools import cache

import numpy as np

from classifier import registry
from classifier.dataset import Dataset, Split
from classifier.preprocessing import Preprocessing

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
    """Return the part of a card that serving needs, for a tiny network."""
    preprocessing = Preprocessing()
    return {
        "class_names": list(CLASS_NAMES),
        "networks": {"image": {"widths": [4, 4]}},
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
    """Save an untrained tiny network and serve it; set CHECKPOINTS_DIR before."""
    card = make_card(**changes)
    networks = {
        kind: make_network(len(card["class_names"]), *architecture["widths"])
        for kind, architecture in card["networks"].items()
    }
    checkpoint = registry.save(version, networks, card, f"<h1>{version}</h1>")
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
