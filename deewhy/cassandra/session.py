"""The session with Cassandra: one per process, made at first use.

It uses the engine's own connection, so that models and this module share one session.
In addition, a failed connection attempt is not repeated by every waiting thread, and a
forked child never touches its parent's session.
"""

import os
import re
import threading
import time
from functools import lru_cache

from cassandra import (
    InvalidRequest,
    OperationTimedOut,
    RequestExecutionException,
    UnresolvableContactPoints,
)
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException
from cassandra.cqlengine import connection as cqlengine
from cassandra.query import BatchStatement, BatchType
from django.db import connections

from .. import metrics
from .routers import CASSANDRA

RETRY_CONNECT_AFTER_S = 1.0
NOT_IDEMPOTENT = re.compile(r"\bIF\b|(\w+) = \1 [+-]")  # conditional, or adds
OLD_SCHEMA = re.compile(r"table \S+ does not exist|Undefined column name")


class SchemaMissing(RuntimeError):
    """The keyspace or a table is not there: migrations have not run."""


UNAVAILABLE = (
    ConnectionException,
    NoHostAvailable,
    OperationTimedOut,
    RequestExecutionException,
    SchemaMissing,
    UnresolvableContactPoints,
)
"""What is raised while Cassandra is away, overloaded or not migrated."""


def execute(cql, parameters=()):
    """Run a statement, prepared once per session, and return its result set."""
    return execute_async(cql, parameters).result()


def execute_async(cql, parameters=()):
    """Send a statement, prepared once per session, and return its future."""
    return metrics.watch(session().execute_async(prepare(cql), parameters))


def execute_all(statements):
    """Send several (statement, parameters) at once; return their results in order."""
    sent = [execute_async(*statement) for statement in statements]
    return [future.result() for future in sent]


def execute_together(statements):
    """Run several (statement, parameters), all of them idempotent, in one message.

    It saves messages, and promises no more than as many single statements: after a
    failure, some of them may have run.
    """
    if statements:
        batch = BatchStatement(BatchType.UNLOGGED)
        for cql, parameters in statements:
            batch.add(prepare(cql), parameters)
        batch.is_idempotent = True
        metrics.watch(session().execute_async(batch)).result()


def prepare(cql):
    """Return the prepared statement, marked with whether it is idempotent."""
    return _prepare(session(), keyspace(), cql)


def session():
    """Return the session, in the keyspace of the settings."""
    live = connect()
    if live.keyspace != keyspace():
        try:
            live.set_keyspace(keyspace())
        except InvalidRequest as error:
            raise SchemaMissing(
                f"There is no keyspace {keyspace()}: run manage.py migrate."
            ) from error
    return live


def keyspace():
    """Return the keyspace of the settings; tests and benchmarks replace it."""
    return connections[CASSANDRA].settings_dict["NAME"]


def connect():
    """Return the session in any keyspace; migrations begin without one."""
    with _state.lock:
        live = _engine_connection().session
        if live is None or live.is_shutdown:
            live = _state.attempt(_connect)
        return live


def describe(error):
    """Describe a Cassandra error in one line."""
    # The driver gives a list instead of a dict if it tried no address.
    if isinstance(error, NoHostAvailable) and isinstance(error.errors, dict):
        return "; ".join(f"{host}: {cause}" for host, cause in error.errors.items())
    return str(error)


def _connect():
    _forget_session()
    return cqlengine.get_session(CASSANDRA)


def _engine_connection():
    """Return the engine's registered connection without making it connect."""
    registered = cqlengine._connections
    if CASSANDRA not in registered:
        connections[CASSANDRA].connect()
    return registered[CASSANDRA]


def _forget_session():
    """Let the engine connect again; it does so by itself only the first time."""
    connection = _engine_connection()
    connection.cluster = connection.session = None
    connection.lazy_connect = True
    connection.lazy_connect_lock = threading.RLock()


class _State:
    """State shared by threads: a lock, and the failure reported to later callers."""

    def __init__(self):
        self.lock = threading.RLock()
        self.failure = None
        self.retry_at = 0.0

    def attempt(self, connect):
        if self.failure and time.monotonic() < self.retry_at:
            raise self.failure
        try:
            live = connect()
        except (NoHostAvailable, UnresolvableContactPoints) as error:
            self.failure = error
            self.retry_at = time.monotonic() + RETRY_CONNECT_AFTER_S
            raise
        self.failure = None
        return live


@lru_cache(maxsize=512)
def _prepare(live, keyspace, cql):
    try:
        statement = live.prepare(cql)
    except InvalidRequest as error:
        if not OLD_SCHEMA.search(str(error)):
            raise
        raise SchemaMissing(f"{error}. Run manage.py migrate.") from error
    statement.is_idempotent = not NOT_IDEMPOTENT.search(cql)
    return statement


def _after_fork():
    """Leave the parent's sockets and threads alone; the child opens its own."""
    global _state
    _state = _State()
    _prepare.cache_clear()
    if CASSANDRA in cqlengine._connections:
        _forget_session()


_state = _State()
os.register_at_fork(after_in_child=_after_fork)
