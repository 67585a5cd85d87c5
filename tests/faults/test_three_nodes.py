"""Faults of three nodes with three replicas, written at LOCAL_QUORUM."""

import time

import pytest

from .ledger import ACKNOWLEDGED

pytestmark = pytest.mark.slow

NODES = 3


def test_one_of_three_killed(service, under_load):
    most_waiting = 0
    with under_load("SIGKILL of one of three nodes") as ledger:
        service.node(3).kill()
        for _ in range(10):
            time.sleep(1)
            most_waiting = max(most_waiting, service.state()["waiting_uploads"])
        service.cluster.start_nodes()

    assert most_waiting == 0
    assert ledger.is_balanced, ledger.as_row()
    assert ledger.unseen == 0
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)


def test_two_of_three_killed(service, under_load):
    with under_load("SIGKILL of two of three nodes") as ledger:
        service.node(2).kill()
        service.node(3).kill()
        time.sleep(8)
        assert service.state()["waiting_uploads"] > 0
        service.cluster.start_nodes()

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.unseen == 0
    assert ledger.count(ACKNOWLEDGED) == len(ledger.sent)
