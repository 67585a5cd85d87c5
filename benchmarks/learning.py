"""Measure the training of a head on a base and reviewed uploads, both of noise.

Run it from the folder of the repository; it needs no Cassandra, because it makes all
data itself. The backbone is that of the served checkpoint.
"""

import argparse
import os
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")


@dataclass
class Reviewed:
    """What learning asks of an upload."""

    sha256: str
    corrected_class_name: str
    is_right: bool = False
    created_at: datetime = datetime(2026, 11, 1, tzinfo=UTC)
    id: uuid.UUID = uuid.UUID(int=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--base", type=int, default=10_000, help="default: 10000")
    parser.add_argument("--uploads", type=int, default=2_000, help="default: 2000")
    arguments = parser.parse_args()
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(Path(folder), arguments.base, arguments.uploads)
    sys.stdout.write(f"{seconds:.1f} s\n")


def measure(folder, base, uploads):
    """Return the seconds from the embeddings to a checkpoint on disk."""
    from django.conf import settings

    from classifier.learning import from_history, reviewed
    from classifier.networks import checkpoints
    from classifier.training.release import release

    checkpoint = checkpoints.served()
    random = np.random.default_rng(0)
    kept = checkpoint.load_embeddings()
    chosen = random.integers(0, len(kept["labels"]), base)
    noise = random.integers(-20, 21, (base, kept["embeddings"].shape[1]))
    levels = np.clip(kept["embeddings"][chosen] + noise, -127, 127).astype(np.int8)
    enlarged = {**kept, "embeddings": levels, "labels": kept["labels"][chosen]}
    enlarged["groups"] = np.arange(base)
    found = make_reviewed(checkpoint, levels, enlarged["labels"], uploads, random)
    settings.CHECKPOINTS_DIR = folder
    kept = mock.patch.object(type(checkpoint), "load_embeddings", lambda _: enlarged)
    read = mock.patch.object(reviewed, "read", lambda *_: found)
    with kept, read:
        start = time.perf_counter()
        parts = from_history.learn(checkpoint, reviewed.Selection())
        release(parts, checkpoint.class_names, "benchmark")
        return time.perf_counter() - start


def make_reviewed(checkpoint, levels, labels, count, random):
    """Return reviewed uploads like the base."""
    from classifier.learning import reviewed

    found, names = reviewed.Reviewed(), checkpoint.class_names
    known = np.flatnonzero(labels < len(names))
    for place in random.choice(known, count):
        noise = random.integers(-40, 41, levels.shape[1])
        found.uploads.append(Reviewed(random.bytes(8).hex(), names[labels[place]]))
        found.levels.append(
            np.clip(levels[place] + noise, -127, 127).astype(np.int8).tobytes()
        )
        found.labels.append(int(labels[place]))
    return found


if __name__ == "__main__":
    main()
