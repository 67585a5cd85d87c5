"""The address of the metrics (`METRICS_BIND`), served by gunicorn's master.

The master adds up the files of its workers; it holds no metrics itself.
"""

import os
import shutil

from django.conf import settings

from .. import binding

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_server = None


def prepare():
    """Empty the folder of the metrics, before any process imports them."""
    if not settings.METRICS_BIND or FOLDER in os.environ:  # as when reloaded
        return
    folder = settings.VAR_DIR / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)


def start():
    """Answer scrapes in a thread."""
    global _server
    if not settings.METRICS_BIND:
        return
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    address = binding.parse(settings.METRICS_BIND)
    _server, _ = start_http_server(address.port, address.host, registry)


def leave():
    """Close the address in a worker, which inherits it."""
    if _server:
        _server.socket.close()


def forget(pid):
    """Drop the gauges of a worker that has ended."""
    if settings.METRICS_BIND:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)
