"""One Cassandra for the whole run, and browser tests only where there is a browser."""

import random
import shutil
from contextlib import suppress

import pytest
from django.conf import settings

from classifier.tests.browser import chromium
from deewhy.routers import CASSANDRA

left_out = []


def pytest_collection_modifyitems(config, items):
    if not chromium():
        left_out[:] = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter):
    if left_out:
        terminalreporter.write_line(
            f"{len(left_out)} browser tests were left out, as there is no Chromium: "
            "apt-get install chromium, or set CHROMIUM to the path of one."
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request, django_db_modify_db_settings_parallel_suffix, tmp_path_factory
):
    """Start a Cassandra where a test of this run needs one and none is named."""
    if settings.CASSANDRA_HOSTS or not any(map(needs_cassandra, request.session.items)):
        yield
        return
    from deewhy.cassandra_node.warden import hold

    cluster = cluster_on_free_ports(tmp_path_factory.mktemp("cassandra"))
    leash = hold(cluster)
    with pytest.MonkeyPatch.context() as patch:
        options = settings.DATABASES[CASSANDRA]["OPTIONS"]["connection"]
        patch.setitem(options, "port", cluster.port)
        patch.setattr(settings, "CASSANDRA_PORT", cluster.port)
        patch.setenv("CASSANDRA_PORT", str(cluster.port))  # for commands that tests run
        yield
    leash.cut()
    shutil.rmtree(cluster.folder, ignore_errors=True)


def needs_cassandra(item):
    databases = getattr(item.cls, "databases", None)
    if marker := item.get_closest_marker("django_db"):
        databases = marker.kwargs.get("databases") or databases
    return databases == "__all__" or CASSANDRA in (databases or ())


def cluster_on_free_ports(folder):
    from deewhy.cassandra_node import LocalCluster, NodeError

    while True:
        port = random.randrange(20_000, 32_000)  # below those that systems hand out
        cluster = LocalCluster(folder, settings.VAR_DIR / "cassandra" / "jars", port)
        with suppress(NodeError):
            cluster.nodes[0].check_ports()
            return cluster
