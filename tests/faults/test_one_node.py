"""Faults of a service on one node: acknowledged uploads are there, exactly once."""

import contextlib
import os
import resource
import shutil
import socket
import sqlite3
import time

import psutil
import pytest

from .ledger import ACKNOWLEDGED, REFUSED, UNANSWERED
from .service import stopped

pytestmark = pytest.mark.slow

TINY_BYTES = 512  # less than any picture


def test_killed_worker(service, under_load):
    with under_load("SIGKILL of one of two web workers") as ledger:
        service.workers()[0].kill()
        time.sleep(5)

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(REFUSED) == 0


def test_killed_master(service, under_load):
    with under_load("SIGKILL of the gunicorn master") as ledger:
        service.server.kill()
        service.server.wait(10)
        service.start()

    assert ledger.is_balanced, ledger.as_row()


def test_killed_node(service, under_load):
    with under_load("SIGKILL of the only Cassandra node") as ledger:
        service.node(1).kill()
        time.sleep(10)
        assert service.state()["waiting_uploads"] > 0
        service.cluster.start_nodes()

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.unseen == 0
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_paused_node(service, under_load):
    with (
        under_load("SIGSTOP of the only Cassandra node, 12 s") as ledger,
        stopped(service.node(1)),
    ):
        time.sleep(12)
        waiting = service.state()["waiting_uploads"]

    assert waiting > 0
    assert ledger.is_balanced, ledger.as_row()
    assert ledger.unseen == 0
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_slow_node(service, under_load):
    with under_load("a node that works one fifth of the time, 10 s") as ledger:
        for _ in range(20):
            with stopped(service.node(1)):
                time.sleep(0.4)
            time.sleep(0.1)

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.unseen == 0
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_killed_worker_while_the_node_is_away(service, under_load):
    with (
        under_load("SIGKILL of a web worker while Cassandra is paused") as ledger,
        stopped(service.node(1)),
    ):
        time.sleep(4)
        service.workers()[0].kill()
        time.sleep(4)

    assert ledger.is_balanced, ledger.as_row()


def test_full_disk(service, under_load):
    with (
        under_load("no room for pictures, 6 s") as ledger,
        no_room(service),
    ):
        time.sleep(6)

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(REFUSED) > 0


def test_default_database_refuses(service, under_load):
    with (
        under_load("the default database takes no writes, 6 s") as ledger,
        refusing(service.folder / "deewhy.sqlite3"),
    ):
        time.sleep(6)

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_both_databases_away(service, under_load):
    with under_load("Cassandra killed, the default database takes no writes") as ledger:
        with refusing(service.folder / "deewhy.sqlite3"):
            service.node(1).kill()
            time.sleep(8)
        service.cluster.start_nodes()

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(REFUSED) > 0


def test_deleted_checkpoint(service, under_load):
    away = service.checkpoints.with_name("away")
    with under_load("the checkpoint deleted, then a web worker killed") as ledger:
        service.checkpoints.rename(away)
        time.sleep(3)
        assert ledger.count(REFUSED) == 0
        service.workers()[0].kill()
        time.sleep(6)
        away.rename(service.checkpoints)

    assert ledger.is_balanced, ledger.as_row()


def test_corrupt_checkpoint(service, under_load):
    network = next(service.checkpoints.glob("*/image.tflite"))
    copy = service.folder / "network"
    with under_load("the checkpoint corrupted, then a web worker killed") as ledger:
        shutil.copy(network, copy)
        os.truncate(network, 1000)
        service.workers()[0].kill()
        time.sleep(6)
        shutil.copy(copy, network)

    assert ledger.is_balanced, ledger.as_row()


def test_stopped_under_load(service, under_load):
    with under_load("SIGTERM under load, and a new start") as ledger:
        service.stop()
        service.start()

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(UNANSWERED) == 0


def test_started_before_cassandra(service, under_load):
    with under_load("both stopped; the server started, 8 s later Cassandra") as ledger:
        service.stop()
        service.cluster.stop()
        service.start(until=service.is_alive)
        time.sleep(8)
        assert service.state()["waiting_uploads"] > 0
        service.cluster.start_nodes()

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(UNANSWERED) == 0
    assert ledger.unseen == 0


def test_clock_set_back(service, under_load):
    with under_load("the clock of the web processes set back by an hour") as ledger:
        service.clock.set(-3600)
        time.sleep(6)
        service.clock.set(0)

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_clock_set_far_ahead(service):
    """Nothing is old by it, as Cassandra's says otherwise."""
    service.start_if_down()
    service.settle()
    before = service.rows()
    service.clock.set(100 * 24 * 3600)
    purged = service.manage("purge", "--older-than", "30d")
    service.clock.set(0)

    assert purged.returncode == 1
    assert "NTP" in purged.stderr
    assert len(service.rows()) == len(before)


def test_slow_clients(service, under_load):
    with (
        under_load("200 clients that send a byte a second, 20 s") as ledger,
        contextlib.ExitStack() as clients,
    ):
        host, port = service.address
        slow = [
            clients.enter_context(socket.create_connection((host, port)))
            for _ in range(200)
        ]
        head = b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n"
        for client in slow[::2]:
            client.sendall(head + b"\r\n")  # a slow body; the others are slow heads
        for byte in head[:20]:
            for client in slow:
                with contextlib.suppress(OSError):  # a head has but ten seconds
                    client.sendall(bytes([byte]))
            time.sleep(1)

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_doctor_repairs_the_traces_of_the_crashes(service):
    """Runs last, because it repairs the traces of the crashes above."""
    long_ago = time.time() - 3600
    for path in service.media.rglob("*"):
        os.utime(path, (long_ago, long_ago))

    mended = service.manage("doctor", "--fix", "--days", "0")

    assert mended.returncode == 0, mended.stdout
    assert service.originals() == {row["stored_name"] for row in service.rows()}
    assert not list(service.media.rglob(".*.part"))


@contextlib.contextmanager
def no_room(service):
    """Let the disk of the pictures be full, or where there is none, forbid files."""
    if not service.disk.is_mounted:
        with no_files(service.workers()):
            yield
        return
    service.disk.fill()
    try:
        yield
    finally:
        service.disk.empty()


@contextlib.contextmanager
def no_files(processes):
    """Let processes write no file of more than a few bytes."""
    limits = [
        psutil.Process(process.pid).rlimit(resource.RLIMIT_FSIZE)
        for process in processes
    ]
    for process, (_soft, hard) in zip(processes, limits, strict=True):
        process.rlimit(resource.RLIMIT_FSIZE, (TINY_BYTES, hard))
    try:
        yield
    finally:
        for process, limit in zip(processes, limits, strict=True):
            process.rlimit(resource.RLIMIT_FSIZE, limit)


@contextlib.contextmanager
def refusing(path):
    """Let a database take nothing into any table, as if it were read-only."""
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
        tables = database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        names = {
            f"refuse_{change}_{table}": (change, table)
            for (table,) in tables
            for change in ("INSERT", "UPDATE", "DELETE")
        }
        for name, (change, table) in names.items():
            database.execute(
                f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN "
                "SELECT RAISE(ABORT, 'attempt to write a readonly database'); END"
            )
        database.commit()
        try:
            yield
        finally:
            for name in names:
                database.execute(f"DROP TRIGGER {name}")
            database.commit()
