"""The metrics that are states, measured now and then in a serving process."""

import os

from django.db import DatabaseError

from deewhy import metrics
from deewhy.background import repeat

from .. import prediction
from ..spool.models import WaitingUpload

MEASURE_EVERY_S = 5

_named = set()  # versions of networks that this process has answered with


def start():
    """Measure from now on, where somebody can read it."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        expected = (DatabaseError,)
        repeat(measure, name="metrics", every_s=MEASURE_EVERY_S, expected=expected)


def measure():
    metrics.SPOOL_WAITING.set(WaitingUpload.objects.count())
    served = prediction.loaded_version()
    if served:
        _named.add(served)
    for version in _named:
        metrics.NETWORK.labels(version).set(version == served)
