"""Threads beside a process's own work: periodic work, and the end of its parent."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from django.db import connection

PARENT_CHECK_S = 1
DONE = "done"
"""What work returns that need not be repeated."""

logger = logging.getLogger(__name__)


def repeat(
    work: Callable[[], object],
    *,
    name: str,
    every_s: float,
    expected: tuple[type[Exception], ...] = (),
) -> None:
    """Repeat some work in a thread that ends with the process.

    Args:
        work: a function; the loop ends when it returns DONE.
        name: names the work in the log.
        every_s: seconds between two runs.
        expected: exceptions that mean "not now" and are not logged.
    """
    arguments = (work, name, every_s, expected)
    threading.Thread(target=_run, args=arguments, name=name, daemon=True).start()


def stop_with(parent: int, afterwards: Callable[[], object] = lambda: None) -> None:
    """End this process by SIGTERM when its parent has ended, perhaps by a kill.

    Args:
        parent: its process id.
        afterwards: called in the watching thread after the signal.
    """

    def watch():
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_S)
        os.kill(os.getpid(), signal.SIGTERM)
        afterwards()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _run(work, name, every_s, expected):
    tick = threading.Event()
    while threading.main_thread().is_alive():  # until the process ends
        try:
            if work() is DONE:
                return
        except expected as error:
            logger.debug("%s: %s", name, error)
        except Exception:  # noqa: BLE001  the thread has to survive
            logger.exception("The %s failed; it is tried again.", name)
        finally:
            connection.close()
        tick.wait(every_s)
