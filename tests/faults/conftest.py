"""The services to hurt, and the file that the ledgers go to."""

import contextlib
import time

import pytest
from django.conf import settings

from .ledger import Ledger
from .service import Service
from .visitors import Visitors

BEFORE_S = 3
AFTER_S = 4


@pytest.fixture(scope="session")
def report():
    """Return where the figures go; `report.py` makes the table of them."""
    return settings.VAR_DIR / "faults.jsonl"


@pytest.fixture(scope="module")
def service(request, tmp_path_factory):
    """Return a service on as many nodes as the module says, one by default."""
    nodes = getattr(request.module, "NODES", 1)
    jars = settings.VAR_DIR / "cassandra" / "jars"
    with Service(tmp_path_factory.mktemp("service"), jars, nodes) as service:
        yield service


@pytest.fixture
def under_load(service, report):
    """Return a context in which visitors send pictures during a fault.

    At its end the service has recovered, and every acknowledged picture must be there.
    """

    @contextlib.contextmanager
    def under_load(fault):
        service.start_if_down()
        service.settle()
        ledger = Ledger(fault)
        with Visitors(service.url, ledger, service.known):
            time.sleep(BEFORE_S)
            yield ledger
            mended_at = time.monotonic()
            service.settle()
            ledger.recovered_s = time.monotonic() - mended_at
            time.sleep(AFTER_S)
        service.settle()
        ledger.compare(service.rows(), service.media, service.known)
        ledger.write(report)
        print(ledger.as_row())  # noqa: T201  shown by pytest -s

    return under_load
