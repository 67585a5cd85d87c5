"""Refuses a folder with too few photographs, and says which ones to collect."""

from collections import Counter
from pathlib import Path

from classifier.exceptions import DatasetUnavailable

from .. import folders

# Nothing is downloaded: most sources are archives of other projects, some without an
# address for a single file.
TO_COLLECT = (
    "Collect the photographs listed in docs/training-photographs.csv, with their"
    f" sources, into a folder, copy the list there as {folders.LABELS}, and name the"
    " folder with --photographs."
)


def check_folder(folder):
    """Raise DatasetUnavailable if a folder has neither a list nor class folders."""
    if not folders.is_one(folder):
        raise DatasetUnavailable(f"There are no photographs in {folder}. {TO_COLLECT}")


def check_counts(names, labels, least, source, paths):
    """Raise DatasetUnavailable if a class has too few readable pictures.

    Args:
        names: of the classes, in label order.
        labels: of the readable pictures.
        least: the number that each class needs.
        source: folder or name of the pictures, for messages.
        paths: of all listed files, readable or not.
    """
    counts = Counter(labels.tolist())
    for label, name in enumerate(names):
        if counts[label] < least:
            raise DatasetUnavailable(
                f"Expected at least {least} pictures of {name} in {source}, got"
                f" {counts[label]} that can be used.{_missing(source, paths)}"
            )
    if not len(labels):
        raise DatasetUnavailable(
            f"None of the files in {source} is a picture.{_missing(source, paths)}"
        )


def _missing(source, paths):
    """Return a sentence on the listed files that do not exist, if there are any."""
    count = sum(not Path(path).exists() for path in paths)
    if not count:
        return ""
    return f" {count} of the {len(paths)} files listed in {source} are missing."
