"""Migration in the background, for a Cassandra that was away at the start."""

import os

from django.core.management import call_command
from django.core.management.base import CommandError

from ..background import DONE, repeat
from .routers import CASSANDRA

RETRY_EVERY_S = 2
VARIABLE = "MIGRATE_CASSANDRA_LATER"


def ask_for():
    """Ask the server that this process becomes to migrate."""
    os.environ[VARIABLE] = "yes"


def start():
    """Migrate in the background, if it was asked for; all workers may do so at once."""
    if VARIABLE in os.environ:
        name = "migration of Cassandra's tables"
        repeat(_migrate, name=name, every_s=RETRY_EVERY_S, expected=(CommandError,))


def _migrate():
    call_command("migrate", database=CASSANDRA, verbosity=0)
    return DONE
