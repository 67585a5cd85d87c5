"""The processor cores that this process may use."""

import os
import sys

import psutil


def cores() -> int:
    """Return their number; a container or `taskset` may allow fewer than there are."""
    if sys.platform == "linux":
        return len(psutil.Process().cpu_affinity())
    return os.cpu_count() or 1
