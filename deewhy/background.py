"""Work that repeats in the background of a serving process and outlives its errors."""

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
    """Do some work again and again, in a thread that ends with the process.

    Args:
        work: what to do; it may return DONE.
        name: of the work, for logs.
        every_s: the seconds between two times.
        expected: exceptions that say "not now": they are no news.
    """
    arguments = (work, name, every_s, expected)
    threading.Thread(target=_run, args=arguments, name=name, daemon=True).start()


def _run(work, name, every_s, expected):
    tick = threading.Event()
    while threading.main_thread().is_alive():  # else the process is ending
        try:
            if work() is DONE:
                return
        except expected as error:
            logger.debug("%s: %s", name, error)
        except Exception:  # noqa: BLE001  a thread that ends would do nothing ever again
            logger.exception("The %s failed; it is tried again.", name)
        finally:
            connection.close()
        tick.wait(every_s)
