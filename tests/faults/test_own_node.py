"""The local node: after a kill it is restarted, and nothing is lost."""

import time
from pathlib import Path

import pytest
import requests

from classifier.tests.fixtures.pictures import make_garment
from deewhy.cassandra.node_password import LOCAL_ROLE, password_of
from deewhy.cassandra_node import LocalCluster, access
from deewhy.tests.fixtures.product import running_product

from .service import wait_until

pytestmark = pytest.mark.slow

RECOVERY_S = 180
STAYS_AWAY_S = 5


def test_is_started_again_when_it_was_killed():
    with running_product() as product:
        node = node_of(product)
        killed = node.process()
        ids = [upload(product)]
        killed.kill()
        ids += [upload(product) for _ in range(3)]
        assert state(product)["waiting_uploads"] == 3

        settle(product)

        assert node.process().pid != killed.pid
        assert set(ids) <= recorded(product)
        assert "has ended: it is started again" in product.log.read_text()
    assert node.process() is None
    time.sleep(STAYS_AWAY_S)
    assert node.process() is None


def test_one_started_by_hand_is_too_and_stays_until_it_is_stopped_by_hand():
    with running_product(first=["cassandra", "start"]) as product:
        node = node_of(product)
        node.process().kill()
        upload(product)
        settle(product)

        product.manage("cassandra", "stop")

        time.sleep(STAYS_AWAY_S)
        assert node.process() is None


def node_of(product):
    folder = Path(product.environment["VAR_DIR"], "cassandra")
    return LocalCluster(folder, folder, port_of(product)).nodes[0]


def port_of(product):
    return int(product.environment["CASSANDRA_PORT"])


def upload(product):
    answer = requests.post(
        f"{product.url}/api/v1/classify", files={"file": make_garment()}, timeout=60
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def state(product):
    return requests.get(f"{product.url}/readyz", timeout=20).json()


def settle(product):
    def is_settled():
        said = state(product)
        return said["status"] == "ok" and not said["waiting_uploads"]

    wait_until(is_settled, RECOVERY_S)


def recorded(product):
    """Return the ids in the history, as another client reads them."""
    nodes = [node_of(product)]
    password = password_of(nodes[0].folder.parent)
    with access.signed_in(nodes, LOCAL_ROLE, password) as session:
        rows = session.execute("SELECT id FROM deewhy.upload", timeout=30)
        return {str(row.id) for row in rows}
