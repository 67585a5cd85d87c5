"""A watchdog: replaces a worker in which an upload never ends.

A thread cannot be stopped from outside, least of all in a decoder written in C. The
worker finishes its other uploads first.
"""

import logging
import os
import signal
import threading
import time

from classifier.limits import concurrency

LIMIT_S = 90  # the largest picture takes two seconds on a core of its own

logger = logging.getLogger(__name__)


def start(limit_s=LIMIT_S):
    """Stop this worker as SIGTERM does when an upload exceeds the time limit."""
    threading.Thread(target=_run, args=[limit_s], name="watchdog", daemon=True).start()


def leave():
    """End the process without waiting, if an upload is still in work."""
    if concurrency.longest_s():
        os._exit(0)


def _run(limit_s):
    while concurrency.longest_s() < limit_s:
        time.sleep(1)
    logger.error("An upload takes more than %d s: its worker is replaced.", limit_s)
    os.kill(os.getpid(), signal.SIGTERM)
