"""A folder of pictures with a sub-folder a class -> arrays, as `dataset` gives them."""

import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .dataset import Dataset, Split
from .exceptions import DatasetUnavailable, UnreadablePicture
from .pictures import open_picture

logger = logging.getLogger(__name__)

LEAST_CLASSES = 2
LEAST_PICTURES = 5
LEAST_SIDE = 8
TEST_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that no class was learnt from, and why."""

    path: Path
    reason: str


def is_one(folder):
    """Whether a folder holds class folders rather than files of a data set."""
    return Path(folder).is_dir() and bool(_class_folders(folder))


def load(folder, preprocessing, seed):
    """Read every picture and set a part of each class aside for the test split.

    Args:
        folder: holds a folder for each class, by whose names the classes go.
        preprocessing: makes the images.
        seed: decides which pictures are in the test split.

    Returns:
        The Dataset and a list of Skipped files.

    Raises:
        DatasetUnavailable: there are fewer than two classes, or too few pictures.
    """
    class_folders = _class_folders(folder)
    if len(class_folders) < LEAST_CLASSES:
        raise DatasetUnavailable(
            f"Expected a sub-folder for each of at least {LEAST_CLASSES} classes in"
            f" {folder}, got {len(class_folders)}."
        )
    skipped, images = [], []
    for class_folder in class_folders:
        images.append(_read_class(class_folder, preprocessing, skipped))
    random = np.random.default_rng(seed)
    parts = [_split(random.permutation(len(found))) for found in images]
    return (
        Dataset(
            train=_join(images, [train for train, _ in parts]),
            test=_join(images, [test for _, test in parts]),
            class_names=tuple(folder.name for folder in class_folders),
            is_photographed=True,
        ),
        skipped,
    )


def labelled_files(folder, class_names):
    """Find the pictures of known classes, and those of none.

    Args:
        folder: holds folders named as the classes, but for case and punctuation, and
            perhaps one named `none` with pictures of no class.
        class_names: in label order.

    Returns:
        List of (path, label), the label None for pictures of no class.

    Raises:
        DatasetUnavailable: a folder is of a class that is not known.
    """
    labels = {_plain(name): label for label, name in enumerate(class_names)}
    found = []
    for class_folder in _class_folders(folder):
        name = _plain(class_folder.name)
        if name not in labels and name != "none":
            raise DatasetUnavailable(
                f"{class_folder} is of no class that this checkpoint knows"
                f" ({', '.join(class_names)}), and not named none."
            )
        found += [(path, labels.get(name)) for path in files(class_folder)]
    return found


def files(folder):
    """Every file under a folder in order, without what is hidden."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent, name) for name in sorted(names) if name[0] != "."]
    return found


def _class_folders(folder):
    entries = sorted(Path(folder).iterdir()) if Path(folder).is_dir() else []
    return [path for path in entries if path.is_dir() and path.name[0] != "."]


def _read_class(folder, preprocessing, skipped):
    """Read a class's pictures, shown as photographs: uint8 (n, size, 2 * size)."""

    def read(path):
        try:
            picture = open_picture(path)
            if min(picture.size) < LEAST_SIDE:
                width, height = picture.size
                return Skipped(path, f"It is tiny: {width} x {height} pixels.")
            view = preprocessing.view(picture)
        except (UnreadablePicture, OSError) as error:
            return Skipped(path, str(error))
        except Exception as error:  # one file never ends a training
            logger.exception("%s could not be read.", path)
            return Skipped(path, f"It could not be read: {error!r}.")
        # A picture of the network's own size shows the same in both views.
        return view.image if view.is_photograph else np.hstack([view.image] * 2)

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(read, files(folder)))
    skipped += [result for result in results if isinstance(result, Skipped)]
    images = [result for result in results if not isinstance(result, Skipped)]
    if len(images) < LEAST_PICTURES:
        raise DatasetUnavailable(
            f"Expected at least {LEAST_PICTURES} pictures in {folder}, got"
            f" {len(images)} that can be used of {len(results)} files."
        )
    return np.stack(images)


def _split(order):
    """Split shuffled row numbers of a class: (train, test)."""
    count = max(1, round(len(order) * TEST_SHARE))
    return order[count:], order[:count]


def _join(images, rows):
    labels = [np.full(len(part), label) for label, part in enumerate(rows)]
    chosen = [found[part] for found, part in zip(images, rows, strict=True)]
    return Split(np.concatenate(chosen), np.concatenate(labels).astype(np.int64))


def _plain(name):
    """A name without case and punctuation: T-shirt/top and t-shirt-top are one."""
    return re.sub(r"[\W_]+", "", name).casefold()
