"""Writes checkpoints that are complete or absent."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
from django.conf import settings

from .. import durable_files
from .checkpoints import CARD, Checkpoint, sha256

GRACE_S = 60  # no checkpoint takes as long to write


def save(version, files, card):
    """Write a checkpoint under a temporary name, then rename it.

    Args:
        version: its name.
        files: by name, bytes, or arrays by name that become an `.npz`.
        card: the entries in `REQUIRED`, and further facts.

    Raises:
        FileExistsError: the name is taken.
    """
    root = Path(settings.CHECKPOINTS_DIR)
    path = root / version
    if path.exists():
        raise FileExistsError(f"There is a checkpoint {path} already.")
    partial = root / f".{version}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in files.items():
        if isinstance(content, bytes):
            (partial / name).write_bytes(content)
        else:
            np.savez_compressed(partial / name, **content)
    digests = {path.name: sha256(path) for path in sorted(partial.iterdir())}
    card = {**card, "sha256": digests}
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (partial / CARD).write_text(text, encoding="utf-8")
    for file in (*partial.iterdir(), partial):
        durable_files.sync(file)
    partial.rename(path)
    durable_files.sync(root)
    return Checkpoint(path, card)


def remove_partial():
    """Remove what an interrupted `save` left, but nothing that may be in progress."""
    for partial in Path(settings.CHECKPOINTS_DIR).glob(".*.partial"):
        if time.time() - partial.stat().st_mtime > GRACE_S:
            shutil.rmtree(partial, ignore_errors=True)
