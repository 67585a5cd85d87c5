"""At twice the capacity the excess is refused at once, and memory stays bounded."""

import io
import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import requests
from PIL import Image

from .crowd import Crowd
from .ledger import ACKNOWLEDGED, REFUSED, UNANSWERED, Ledger
from .visitors import get_token, send

pytestmark = pytest.mark.slow

SECONDS = int(os.environ.get("LOAD_S", "600"))
ALONE_S, FULL_S = 30, 20
PLACES = 4  # two uploads at once, in each of two web processes
MOST_GROWTH = 1.1  # from the second quarter of the time to the last
SENDERS = 16
MOST_MEMORY_MB = 1300  # of a web process: itself, and one such picture


def test_twice_the_capacity(service, report):
    warm = Ledger("before")
    Crowd(service, warm, visitors=4).send_for(10)
    alone = Crowd(service, warm, visitors=1).send_for(ALONE_S)
    full = Crowd(service, warm, visitors=PLACES).send_for(FULL_S)
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


def test_the_largest_pictures_at_once(service):
    file = io.BytesIO()
    Image.new("RGB", (8000, 8000), "navy").save(file, "WEBP", method=0)
    most_mb = 0.0
    with ThreadPoolExecutor(SENDERS) as senders:
        sent = [senders.submit(send_one, service.url, file) for _ in range(SENDERS)]
        while not all(each.done() for each in sent):
            sizes = [worker.memory_info().rss for worker in service.workers()]
            most_mb = max(most_mb, *(size / 1e6 for size in sizes))
            time.sleep(0.02)
    statuses = Counter(each.result() for each in sent)
    print(statuses, f"{most_mb:.0f} MB")  # noqa: T201  shown by pytest -s

    assert statuses.keys() == {303, 503}
    assert most_mb < MOST_MEMORY_MB


def send_one(url, file):
    session = requests.Session()
    get_token(session, url)
    return send(session, url, file.getvalue()).status_code


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
