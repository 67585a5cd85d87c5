"""Numbered CQL migrations of the installed apps: found, planned and applied.

An app keeps them in `cql/`, named `0001_what.cql`, or `0002_what.py` where rows have to
be rewritten: its `migrate()` yields after each small step. Each is recorded in the
keyspace once it is done. One that was cut short is applied again from its start, so
statements say IF NOT EXISTS.
"""

import re
import runpy
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cassandra import ReadFailure
from django.apps import apps

FILE_NAME = re.compile(r"\d{4}_\w+\.(cql|py)")
LOCK_TTL_S = 60
LOCK_WAIT_S = 300
INDEX_WAIT_S = 600
POLL_S = 0.25

# Two replicas may create these at once: with one id the tables are one table. A
# cluster has no two tables of one id, so each keyspace draws its own.
TABLE_IDS = uuid.UUID("3f0e4a52-9e3b-5c41-8a57-6f3a1a1f2b01")
CREATE_LOCK = """\
CREATE TABLE IF NOT EXISTS {keyspace}.schema_lock (name text PRIMARY KEY, owner uuid)
WITH ID = {id}"""
CREATE_APPLIED = """\
CREATE TABLE IF NOT EXISTS {keyspace}.schema_migration (
    app text, name text, applied_at timestamp, PRIMARY KEY (app, name)
) WITH ID = {id}"""


class SchemaLocked(RuntimeError):
    """Another process holds the migration lock for longer than expected."""


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    """One file of statements, known by its app and its name."""

    app: str
    name: str
    path: Path

    def __str__(self):
        return f"{self.app}.{self.name}"

    def steps(self, session):
        """Apply the migration, and yield before each step."""
        if self.path.suffix == ".py":
            yield from runpy.run_path(str(self.path))["migrate"]()
        else:
            for statement in self.statements():
                yield
                session.execute(statement, timeout=INDEX_WAIT_S)

    def statements(self):
        """Return the statements, without comments and the semicolons between them."""
        text = re.sub(r"^\s*--.*$", "", self.path.read_text(), flags=re.MULTILINE)
        return [part.strip() for part in text.split(";") if part.strip()]


def migrations():
    """Return the migrations of all installed apps, in the order to apply them."""
    return sorted(
        Migration(app.label, path.stem, path)
        for app in apps.get_app_configs()
        for path in Path(app.path, "cql").glob("*")
        if FILE_NAME.fullmatch(path.name)
    )


class Schema:
    """The tables of one keyspace, brought up to date over a driver's session."""

    def __init__(self, session, keyspace, replication, known=None):
        self.session = session
        self.keyspace = keyspace
        self.replication = replication
        self.known = migrations() if known is None else known

    def plan(self):
        """Return the migrations that are not applied; nothing is created or locked."""
        if "schema_migration" not in tables(self.session, self.keyspace):
            return self.known
        rows = self._execute("SELECT app, name FROM {keyspace}.schema_migration")
        applied = {(row["app"], row["name"]) for row in rows}
        return [one for one in self.known if (one.app, one.name) not in applied]

    def migrate(self, report=lambda migration: None):
        """Apply the missing migrations, one process at a time."""
        self._execute(
            "CREATE KEYSPACE IF NOT EXISTS {keyspace} WITH replication = "
            + _literal(self.replication)
        )
        for cql in (CREATE_LOCK, CREATE_APPLIED):
            id = uuid.uuid5(TABLE_IDS, f"{self.keyspace} {cql}")
            self._execute(cql.replace("{id}", str(id)))
        with self._lock() as keep:
            for migration in self.plan():
                report(migration)
                self._apply(migration, keep)

    def set_time_to_live(self, names, seconds):
        """Set the time to live of future rows of some tables; 0 keeps them for ever."""
        rows = self._execute(
            "SELECT table_name, default_time_to_live FROM system_schema.tables "
            "WHERE keyspace_name = %s",
            (self.keyspace,),
        )
        for row in rows:
            name, present = row["table_name"], row["default_time_to_live"]
            if name in names and present != seconds:
                self._execute(
                    f"ALTER TABLE {{keyspace}}.{name} "
                    f"WITH default_time_to_live = {seconds}"
                )

    def _apply(self, migration, keep):
        self.session.set_keyspace(self.keyspace)
        for _ in migration.steps(self.session):
            keep()
        self._wait_for_indexes(keep)
        self._execute(
            "INSERT INTO {keyspace}.schema_migration (app, name, applied_at) "
            "VALUES (%s, %s, toTimestamp(now()))",
            (migration.app, migration.name),
        )

    def _wait_for_indexes(self, keep):
        """Wait until queries may use the indexes of a table that has rows already."""
        while not all(
            row["is_queryable"]
            for row in self._execute(
                "SELECT is_queryable FROM system_views.sai_column_indexes "
                "WHERE keyspace_name = %s",
                (self.keyspace,),
            )
        ):
            keep()
            time.sleep(POLL_S)

    @contextmanager
    def _lock(self):
        """Hold the lock; it expires by itself if this process is killed."""
        owner = uuid.uuid4()
        self._acquire(owner)

        def keep():
            if not self._compare_and_set(
                "UPDATE {keyspace}.schema_lock USING TTL %s SET owner = %s "
                "WHERE name = 'migrate' IF owner = %s",
                (LOCK_TTL_S, owner, owner),
            ):
                raise SchemaLocked("Another process took over the migration.")

        try:
            yield keep
        finally:
            self._compare_and_set(
                "DELETE FROM {keyspace}.schema_lock WHERE name = 'migrate' "
                "IF owner = %s",
                (owner,),
            )

    def _acquire(self, owner):
        give_up_at = time.monotonic() + LOCK_WAIT_S
        while not self._compare_and_set(
            "INSERT INTO {keyspace}.schema_lock (name, owner) VALUES ('migrate', %s) "
            "IF NOT EXISTS USING TTL %s",
            (owner, LOCK_TTL_S),
        ):
            if time.monotonic() > give_up_at:
                raise SchemaLocked(
                    f"Another process has been migrating {self.keyspace} for more "
                    f"than {LOCK_WAIT_S} s. See its log, then try again."
                )
            time.sleep(POLL_S)

    def _compare_and_set(self, cql, parameters):
        return self._execute(cql, parameters).one()["[applied]"]

    def _execute(self, cql, parameters=None):
        return self.session.execute(
            cql.replace("{keyspace}", self.keyspace), parameters, timeout=LOCK_TTL_S
        )


def tables(session, keyspace):
    """Return the names of a keyspace's tables, none where it does not exist."""
    cql = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = %s"
    return [row["table_name"] for row in session.execute(cql, (keyspace,))]


def empty(session, keyspace):
    """Delete the rows of every table except the record of the migrations."""
    for table in tables(session, keyspace):
        # Most tables of most tests are empty, and a query is faster than TRUNCATE.
        if not table.startswith("schema_") and not _is_empty(session, keyspace, table):
            session.execute(f"TRUNCATE {keyspace}.{table}", timeout=LOCK_TTL_S)


def _is_empty(session, keyspace, table):
    try:
        return not session.execute(f"SELECT * FROM {keyspace}.{table} LIMIT 1")
    except ReadFailure:
        return False  # it has more deleted rows than one read may pass


def _literal(replication):
    """Return a replication setting as a CQL map."""
    options = {**replication, "class": replication["strategy_class"]}
    del options["strategy_class"]
    pairs = ", ".join(f"'{name}': '{value}'" for name, value in options.items())
    return "{" + pairs + "}"
