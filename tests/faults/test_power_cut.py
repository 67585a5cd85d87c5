"""A power cut of the machine: every acknowledged upload had been synced."""

import os
import time

import psutil
import pytest
from django.conf import settings

from deewhy.cassandra_node.supervisor import hold

from .power import PoweredDisk
from .service import Service

pytestmark = [pytest.mark.slow, pytest.mark.power]


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("power")
    disk = PoweredDisk(folder / "disk", folder / "image")
    disk.make()
    yield disk
    disk.unmount()


@pytest.fixture(scope="module")
def service(disk):
    """Return a service that has all its folders and its node on the disk."""
    jars = settings.VAR_DIR / "cassandra" / "jars"
    service = Service(disk.folder, jars)
    service.disk.mount = service.media.mkdir  # none of its own
    with service:
        disk.sync()
        yield service


def test_power_cut(service, disk, under_load):
    with under_load("a power cut: unsynced data are lost") as ledger:
        cut_power(service, disk)

    assert ledger.is_balanced, ledger.as_row()


def test_power_cut_while_records_wait(service, disk, under_load):
    with under_load("Cassandra killed, 6 s later a power cut") as ledger:
        service.node(1).kill()
        time.sleep(6)
        assert service.state()["waiting_uploads"] > 0
        cut_power(service, disk)

    assert ledger.is_balanced, ledger.as_row()


def cut_power(service, disk):
    """Stop everything at one moment, lose all unsynced data, and start again."""
    stop_all(service, disk)
    disk.unmount()
    disk.mount()
    assert not unsynced(disk).exists()
    service.lifeline = hold(service.cluster)
    service.start()


def stop_all(service, disk):
    supervisor = psutil.Process(service.lifeline.supervisor.pid)
    server = psutil.Process(service.server.pid)
    processes = [server, *server.children(recursive=True), supervisor]
    if node := service.node(1):
        processes.append(node)
    for process in processes:
        process.suspend()  # none answers any more
    unsynced(disk).write_text("lost")
    disk.cut()
    for process in processes:
        process.kill()
    service.server.wait()
    service.lifeline.supervisor.wait()
    psutil.wait_procs(processes)
    os.close(service.lifeline.file)
    service.lifeline = None


def unsynced(disk):
    return disk.folder / "unsynced"
