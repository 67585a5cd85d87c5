"""Memory of a process that takes a promoted network a hundred times, in MiB.

Run it from the folder of the repository: `python benchmarks/changing.py`. Two copies of
the served checkpoint, in a folder of their own, take turns.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")

import django

CHANGES = int(sys.argv[1]) if sys.argv[1:] else 100


def main():
    django.setup()
    from django.conf import settings
    from PIL import Image

    from classifier import prediction
    from classifier.networks import checkpoints

    picture = Image.effect_noise((640, 480), 80).convert("RGB")
    served = checkpoints.served().path
    with tempfile.TemporaryDirectory() as folder:
        settings.CHECKPOINTS_DIR = Path(folder)
        for version in ("odd", "even"):
            shutil.copytree(served, Path(folder, version))
        checkpoints.serve("odd")
        prediction.served().classify(picture)
        say(0)
        seconds = 0.0
        for number in range(1, CHANGES + 1):
            checkpoints.serve("odd" if number % 2 == 0 else "even")
            start = time.perf_counter()
            prediction.refresh()
            seconds += time.perf_counter() - start
            prediction.served().classify(picture)
            if number in (1, 2, 10, 25, 50, 75, CHANGES):
                say(number)
    sys.stdout.write(f"{seconds / CHANGES:.2f} s a change\n")


def say(number):
    memory = psutil.Process().memory_info().rss / 2**20
    sys.stdout.write(f"after {number:>3} changes: {memory:.0f} MiB\n")


if __name__ == "__main__":
    main()
