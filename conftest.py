"""One Cassandra for the whole run, and only tests that this machine can run."""

from contextlib import ExitStack

import pytest
from cassandra.auth import PlainTextAuthProvider
from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import translation

from classifier.tests.fixtures.browser import chromium
from classifier.tests.fixtures.traces import can_trace
from classifier.training.fashion_mnist import DEBIAN_FOLDER
from deewhy.cassandra.node_password import LOCAL_ROLE
from deewhy.cassandra.routers import CASSANDRA
from tests.faults.power import can_cut

QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
BUSY_MACHINE_S = 20  # a node that has just started may accept connections slowly

# The needs of marked tests, and the cure for each missing one.
NEEDS = {
    "browser": (
        chromium,
        "there is no Chromium: apt-get install chromium, or set CHROMIUM to one's path",
    ),
    "power": (
        can_cut,
        "no file system can be shut down here: run as root, on Linux with mkfs.ext4",
    ),
    "strace": (
        can_trace,
        "there is no strace that may trace: apt-get install strace",
    ),
    "dataset": (
        DEBIAN_FOLDER.is_dir,
        "Fashion-MNIST is not there: apt-get install dataset-fashion-mnist",
    ),
}

left_out = {}


def pytest_collection_modifyitems(config, items):
    for marker, (is_there, reason) in NEEDS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        if marked and not is_there():
            left_out[reason] = len(marked)
            items[:] = [item for item in items if item not in marked]
            config.hook.pytest_deselected(items=marked)
    # Several processes end together if the last thing that one takes on is short.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter):
    for reason, count in left_out.items():
        terminalreporter.write_line(f"{count} tests were left out, as {reason}.")


@pytest.fixture(autouse=True)
def language():
    """Reset the language for each test: a request leaves its own behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_passwords():
    """Hash passwords in no time; the tests that start the service keep its hasher."""
    with override_settings(PASSWORD_HASHERS=[QUICK_HASHER]):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request, django_db_modify_db_settings_parallel_suffix, tmp_path_factory
):
    """Start a Cassandra if a test of this run needs one and none is named."""
    if settings.CASSANDRA_HOSTS or not any(map(needs_cassandra, request.session.items)):
        yield
        return
    # Their packages are not installed where a cluster is named.
    from deewhy.cassandra_node import NodeError
    from deewhy.tests.fixtures.shared_node import shared_node

    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(shared_node(tmp_path_factory.getbasetemp()))
        except NodeError as error:
            pytest.exit(str(error), returncode=1)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        options = settings.DATABASES[CASSANDRA]["OPTIONS"]["connection"]
        patch.setitem(options, "port", cluster.port)
        for name in ("connect_timeout", "control_connection_timeout"):
            patch.setitem(options, name, BUSY_MACHINE_S)
        role = PlainTextAuthProvider(LOCAL_ROLE, cluster.password)
        patch.setitem(options, "auth_provider", role)
        patch.setenv("CASSANDRA_USERNAME", LOCAL_ROLE)  # for commands that tests run
        patch.setenv("CASSANDRA_PASSWORD", cluster.password)
        patch.setattr(settings, "CASSANDRA_PORT", cluster.port)
        patch.setenv("CASSANDRA_PORT", str(cluster.port))
        # The whole node is discarded, so nothing needs to be dropped from it.
        creation = connections[CASSANDRA].creation
        patch.setattr(creation, "destroy_test_db", lambda *args, **kwargs: None)
        yield


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup):
    """Keep the tests' data in memory, on the node that was started for them."""
    if not settings.CASSANDRA_HOSTS and any(
        map(needs_cassandra, request.session.items)
    ):
        from deewhy.tests.fixtures.shared_node import keep_in_memory

        keep_in_memory()


def needs_cassandra(item):
    databases = getattr(item.cls, "databases", None)
    if marker := item.get_closest_marker("django_db"):
        databases = marker.kwargs.get("databases") or databases
    return databases == "__all__" or CASSANDRA in (databases or ())
