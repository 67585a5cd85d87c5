"""A lock that allows one migration of a relational database at a time."""

import fcntl
from contextlib import contextmanager, nullcontext

ADVISORY_KEY = 0x6465657768  # any number, shared by all replicas


def migration_lock(connection):
    """Return a context in which no other process migrates the same database."""
    if connection.vendor == "postgresql":
        return _advisory_lock(connection)
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():
        return _file_lock(f"{connection.settings_dict['NAME']}.migrate-lock")
    return nullcontext()


@contextmanager
def _advisory_lock(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_KEY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_KEY])


@contextmanager
def _file_lock(path):
    """Lock a file beside the database; the kernel releases it with a killed process."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
