"""Labelled pictures in a folder: a sub-folder for each class, or labels.csv."""

import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..evaluation.metrics import NO_CLASS
from ..exceptions import DatasetUnavailable
from ..labels import NONE_FOLDER, UNREVIEWED_FOLDER, plain

# The columns: `file`, relative to the folder; `class` or `label`; optionally `group` or
# `sender`, the person behind a picture, and `sha256`, the digest of the file.
LABELS = "labels.csv"
NONE = NONE_FOLDER
TRAIN, TEST = "train", "test"


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A file with the name of its class, and its sender and digest if known.

    Kinds of pictures of no class have a name after a slash, as in `none/hat`: a head
    with an output for each kind confuses fewer of them with a class.
    """

    path: Path
    class_name: str
    group: str | None = None
    sha256: str | None = None


def is_one(folder):
    """Tell whether a folder holds pictures by class, rather than IDX files."""
    folder = Path(folder)
    return (folder / LABELS).is_file() or bool(_folders(folder))


def split(folder):
    """Return the folders for training and for testing; the second may be None."""
    folder = Path(folder)
    if {path.name for path in _folders(folder)} == {TRAIN, TEST}:
        return folder / TRAIN, folder / TEST
    return folder, None


def find(folder):
    """Find the pictures of a folder: a list of LabelledPicture.

    Raises:
        DatasetUnavailable: there is neither labels.csv nor a folder for each class, or
            the file lacks a column.
    """
    folder = Path(folder)
    if (folder / LABELS).is_file():
        return _read_labels(folder)
    if not _folders(folder):
        raise DatasetUnavailable(
            f"Expected {LABELS} or a sub-folder for each class in {folder}."
        )
    return [
        LabelledPicture(path, class_folder.name)
        for class_folder in _folders(folder)
        for path in files(class_folder)
    ]


def class_names(pictures):
    """Return the classes of pictures in order, without NONE."""
    return tuple(sorted({each.class_name for each in pictures if not is_none(each)}))


def labels(pictures, names):
    """Return the label of each picture, NO_CLASS for NONE.

    Args:
        pictures: LabelledPictures.
        names: of the classes, in label order; case and punctuation do not matter.

    Raises:
        DatasetUnavailable: a class is not among the names.
    """
    known = {plain(name): label for label, name in enumerate(names)}
    unknown = Counter(
        each.class_name
        for each in pictures
        if not is_none(each) and plain(each.class_name) not in known
    )
    if unknown:
        raise DatasetUnavailable(
            f"{', '.join(sorted(unknown))}: no class that this checkpoint knows"
            f" ({', '.join(names)}), and not named {NONE}."
        )
    return [
        NO_CLASS if is_none(each) else known[plain(each.class_name)]
        for each in pictures
    ]


def is_none(picture):
    """Tell whether a picture shows none of the classes."""
    return plain(picture.class_name.partition("/")[0]) == NONE


def kind_of_none(picture):
    """Return the kind of a picture of no class, "" without one."""
    return picture.class_name.partition("/")[2] if is_none(picture) else ""


def files(folder):
    """Return every file under a folder in order, without hidden ones."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent, name) for name in sorted(names) if name[0] != "."]
    return found


def _folders(folder):
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        path
        for path in entries
        if path.is_dir() and path.name[0] != "." and path.name != UNREVIEWED_FOLDER
    ]


def _read_labels(folder):
    with open(folder / LABELS, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        columns = rows.fieldnames or ()
        name = next((each for each in ("class", "label") if each in columns), None)
        if name is None or "file" not in columns:
            raise DatasetUnavailable(
                f"Expected the columns file and class in {folder / LABELS}, got"
                f" {', '.join(columns) or 'none'}."
            )
        group = next((each for each in ("group", "sender") if each in columns), None)
        return [
            LabelledPicture(
                folder / row["file"],
                row[name],
                row[group] if group else None,
                row.get("sha256") or None,
            )
            for row in rows
        ]
