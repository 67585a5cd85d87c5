"""Fashion-MNIST's files -> uint8 arrays.

The files are IDX, gzipped or not: http://yann.lecun.com/exdb/mnist/ describes them.
"""

import gzip
import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..exceptions import DatasetUnavailable
from ..labels import CLASS_NAMES

# The folder of Debian's package `dataset-fashion-mnist`.
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
UNSIGNED_BYTES = 0x08


@dataclass(frozen=True, slots=True)
class Split:
    """Images (n, height, width) uint8 with their labels (n,) int64."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.labels)

    def subset(self, rows):
        return Split(self.images[rows], self.labels[rows])


@dataclass(frozen=True, slots=True)
class Dataset:
    """Training and test splits, and the names of the labels."""

    train: Split
    test: Split
    class_names: tuple[str, ...]
    # Whether the images were cropped from photographs.
    is_photographed: bool = False


def load(folder=None):
    """Load Fashion-MNIST from a folder, or from a default place.

    Args:
        folder: Path with the four IDX files; None tries Debian's folder, then Keras's
            download.

    Returns:
        Dataset of 60,000 training and 10,000 test images (28, 28).

    Raises:
        DatasetUnavailable: the files are missing or no IDX files.
    """
    if folder is not None:
        return _load_idx(Path(folder))
    if DEBIAN_FOLDER.is_dir():
        return _load_idx(DEBIAN_FOLDER)
    return _download()


def read_idx(path):
    """Read one IDX file of unsigned bytes as an array of its own shape."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            content = file.read()
    except (OSError, EOFError) as error:
        raise DatasetUnavailable(f"{path} cannot be read: {error}") from error
    if len(content) < 4 or content[:3] != bytes([0, 0, UNSIGNED_BYTES]):
        raise DatasetUnavailable(f"{path} is no IDX file of unsigned bytes.")
    header = 4 + 4 * content[3]
    if len(content) < header:
        raise DatasetUnavailable(f"{path} ends before its header does.")
    shape = struct.unpack(f">{content[3]}I", content[4:header])
    if len(content) != header + math.prod(shape):
        raise DatasetUnavailable(
            f"{path} promises {math.prod(shape)} values,"
            f" but holds {len(content) - header}."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _load_idx(folder):
    return Dataset(
        train=_load_split(folder, "train"),
        test=_load_split(folder, "t10k"),
        class_names=CLASS_NAMES,
    )


def _load_split(folder, name):
    images = read_idx(_find(folder, f"{name}-images-idx3-ubyte"))
    labels = read_idx(_find(folder, f"{name}-labels-idx1-ubyte"))
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise DatasetUnavailable(
            f"{folder} holds {name} images of shape {images.shape}"
            f" and labels of shape {labels.shape}."
        )
    return Split(images, labels.astype(np.int64))


def _find(folder, name):
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise DatasetUnavailable(
        f"{folder} has no {name}.gz. Name the folder of Fashion-MNIST with --dataset."
    )


def _download():
    from keras.datasets import fashion_mnist

    try:
        train, test = fashion_mnist.load_data()
    # Keras wraps URLError in a bare Exception.
    except Exception as error:  # noqa: BLE001
        raise DatasetUnavailable(
            f"Fashion-MNIST is not in {DEBIAN_FOLDER} and cannot be downloaded"
            f" ({error}). Name its folder with --dataset."
        ) from error
    splits = [
        Split(images, labels.astype(np.int64)) for images, labels in (train, test)
    ]
    return Dataset(*splits, class_names=CLASS_NAMES)
