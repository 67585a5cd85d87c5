"""Cassandra's tables, made as soon as it answers, where it was away at the start."""

import logging
import os
import threading
import time

from django.core.management import call_command
from django.core.management.base import CommandError

from .routers import CASSANDRA

RETRY_EVERY_S = 2
VARIABLE = "MIGRATE_CASSANDRA_LATER"

logger = logging.getLogger(__name__)


def ask_for():
    """Let the server that this process becomes do it."""
    os.environ[VARIABLE] = "yes"


def start():
    """Do it in the background, if it was asked for; all workers may at once."""
    if VARIABLE in os.environ:
        threading.Thread(target=_run, name="migration", daemon=True).start()


def _run():
    while threading.main_thread().is_alive():  # else the process is ending
        try:
            call_command("migrate", database=CASSANDRA, verbosity=0)
        except CommandError as error:
            logger.debug("%s", error)  # said at the start
            time.sleep(RETRY_EVERY_S)
        except Exception:
            logger.exception("Cassandra's tables cannot be migrated.")
            raise
        else:
            return
