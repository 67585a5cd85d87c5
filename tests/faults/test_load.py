"""Twice what can be served: the rest is refused at once, and memory stays as it is."""

import json
import os

import numpy as np
import pytest

from .crowd import Crowd
from .ledger import ACKNOWLEDGED, REFUSED, UNANSWERED, Ledger

pytestmark = pytest.mark.slow

SECONDS = int(os.environ.get("LOAD_S", "600"))
ALONE_S, FULL_S = 30, 20
MOST_GROWTH = 1.1  # from the second quarter of the time to the last


def test_twice_the_capacity(service, report):
    warm = Ledger("before")
    Crowd(service, warm, visitors=4).send_for(10)
    alone = Crowd(service, warm, visitors=1).send_for(ALONE_S)
    full = Crowd(service, warm, visitors=8).send_for(FULL_S)
    ledger = Ledger(f"twice the load that can be served, {SECONDS} s")

    rate = 2 * full.accepted_per_s
    crowd = Crowd(service, ledger, visitors=100, rate=rate).send_for(SECONDS)
    service.settle()
    ledger.compare(service.rows(), service.media, service.known)
    ledger.write(report)
    figures = load_figures(alone, full, crowd)
    report.with_name("load.jsonl").open("a").write(json.dumps(figures) + "\n")
    print(ledger.as_row(), figures)  # noqa: T201  shown by pytest -s

    assert ledger.is_balanced, ledger.as_row()
    assert ledger.count(ACKNOWLEDGED)
    assert ledger.count(REFUSED)
    assert ledger.count(UNANSWERED) == 0
    assert crowd.impolite == 0
    assert crowd.memory_in(3) < MOST_GROWTH * crowd.memory_in(1)


def load_figures(alone, full, crowd):
    """Return the figures by the names that the table gives them."""
    return {
        "seconds": round(crowd.seconds),
        "served at most, a second": round(full.accepted_per_s, 1),
        "sent, a second": round(
            (len(crowd.accepted_s) + len(crowd.refused_s)) / crowd.seconds, 1
        ),
        "served, a second": round(crowd.accepted_per_s, 1),
        "p99 alone, ms": percentile_ms(alone.accepted_s),
        "p99 served, ms": percentile_ms(crowd.accepted_s),
        "p99 refused, ms": percentile_ms(crowd.refused_s),
        "memory in the second quarter, MB": round(crowd.memory_in(1)),
        "memory in the last, MB": round(crowd.memory_in(3)),
    }


def percentile_ms(seconds):
    return round(1000 * float(np.percentile(seconds, 99)))
