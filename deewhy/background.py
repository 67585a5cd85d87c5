"""Periodic background work of a serving process; it survives its errors."""

import logging
import threading
from collections.abc import Callable

from django.db import connection

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
