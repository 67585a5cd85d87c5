"""Measure pages, searches and corrections with few and with many uploads.

    python benchmarks/history.py --rows 1000 100000 --json docs/benchmarks/history.json

Each number of rows gets its own keyspace, in its own Cassandra, which is restarted
between loading and measuring. After an interruption, the same command continues the
load.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import django

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("VAR_DIR", PROJECT / "var")) / "benchmark"
PORT = int(os.environ.get("CASSANDRA_PORT", "19142"))

sys.path.insert(0, str(PROJECT))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "deewhy.settings",
    "CASSANDRA_HOSTS": "",
    "CASSANDRA_PORT": str(PORT),
    "CASSANDRA_TIMEOUT_S": "60",
    "DATABASE_URL": f"sqlite:///{FOLDER}/db.sqlite3",
    "HISTORY_SHARDS": "1",
}
FOLDER.mkdir(parents=True, exist_ok=True)
django.setup()

# Models need the settings above.
from cassandra.auth import PlainTextAuthProvider  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.history_load import Load, Uploads  # noqa: E402
from benchmarks.sstables import Writer  # noqa: E402
from classifier import history  # noqa: E402
from classifier.history.cursors import NEXT, Cursor  # noqa: E402
from classifier.labels import CLASS_NAMES  # noqa: E402
from deewhy.cassandra import session  # noqa: E402
from deewhy.cassandra.node_password import LOCAL_ROLE  # noqa: E402
from deewhy.cassandra.routers import CASSANDRA  # noqa: E402
from deewhy.cassandra_node import LocalCluster, jars  # noqa: E402
from deewhy.cassandra_node.supervisor import hold  # noqa: E402

PAGE_SIZE = 100
WARM_UPS = 5
DEEPEST = 1_000_000
READY_WITHIN_S = 600
BASELINE = 100_000  # rows that others are compared with, where they were measured


def main():
    options = parse()
    jars_folder = settings.VAR_DIR / "cassandra" / "jars"
    cluster = LocalCluster(FOLDER / "cassandra", jars_folder, PORT)
    with running(cluster):
        loads = {rows: prepare(rows, options) for rows in options.rows}
        report = {"machine": machine(), "days": options.days, "page_size": PAGE_SIZE}
    report["load"] = {rows: fill(load, cluster) for rows, load in loads.items()}
    with running(cluster):
        wait_for_indexes()
        report["median_ms"] = measure(loads, options)
        report["ratio"] = ratios(report["median_ms"])
    if not options.keep:
        shutil.rmtree(FOLDER)
    text = json.dumps(report, indent=2)
    if options.json:
        options.json.write_text(text + "\n")
    sys.stdout.write(text + "\n")


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument(
        "--days", type=int, default=400, help="days they are spread over"
    )
    parser.add_argument("--repeat", type=int, default=30, help="times per figure")
    parser.add_argument("--keep", action="store_true", help="keep what was loaded")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser.parse_args()


def say(line):
    sys.stderr.write(f"{datetime.datetime.now():%H:%M:%S} {line}\n")


@contextmanager
def running(cluster):
    """Have the node run, for as long as this process at most."""
    say("Starting Cassandra")
    lifeline = hold(cluster)
    options = connections[CASSANDRA].settings_dict["OPTIONS"]["connection"]
    options["auth_provider"] = PlainTextAuthProvider(LOCAL_ROLE, cluster.password)
    try:
        yield
    finally:
        session.connect().cluster.shutdown()
        lifeline.cut()


def machine():
    return {
        "date": datetime.date.today().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "cassandra": jars.version(),
    }


def use_keyspace(name):
    connections[CASSANDRA].settings_dict["NAME"] = name


def prepare(rows, options):
    """Make the keyspace of a number of rows."""
    keyspace = f"benchmark_{rows}_{options.days}"
    use_keyspace(keyspace)
    call_command("migrate", verbosity=0)
    load = Load(Uploads(rows, options.days), keyspace, FOLDER / "sstables")
    load.begin()
    return load


def fill(load, cluster):
    """Load the missing rows; return the time taken and the size."""
    started, worked = time.perf_counter(), processor_seconds()
    [node] = cluster.nodes
    writer = Writer(FOLDER / "writer", jars.fetch(cluster.jars_folder), node)
    written = load.write(writer, say)
    seconds = time.perf_counter() - started
    data = node.folder / "data" / "data"
    load.install(data)
    files = (data / load.keyspace).rglob("*")
    there = {
        "megabytes": sum(file.stat().st_size for file in files if file.is_file()) >> 20
    }
    if not written:
        return there
    return there | {
        "rows": written,
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor_seconds() - worked, 1),
        "rows_per_s": round(written / seconds),
    }


def processor_seconds():
    """Return the processor time of this process and its ended children."""
    return sum(os.times()[:4])


def wait_for_indexes():
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not all(
        row["is_queryable"]
        for row in session.connect().execute(
            "SELECT is_queryable FROM system_views.sai_column_indexes"
        )
    ):
        if time.monotonic() > give_up_at:
            raise RuntimeError(f"No indexes within {READY_WITHIN_S} s.")
        time.sleep(1)


def measure(loads, options):
    """Return the median milliseconds of each thing that a curator does.

    The numbers of rows take turns, so that a noisy machine is noisy for all of them.
    """
    client = signed_in()
    samples = {rows: {} for rows in loads}
    for number in range(WARM_UPS + options.repeat):
        for rows, load in loads.items():
            use_keyspace(load.keyspace)
            session.session()
            for name, operation in operations(load.uploads, client).items():
                started = time.perf_counter()
                answer = operation()
                ms = (time.perf_counter() - started) * 1000
                if not answer:
                    raise RuntimeError(f"Nothing was found: {name}, {rows} rows.")
                if number >= WARM_UPS:
                    samples[rows].setdefault(name, []).append(ms)
    return {
        rows: {name: round(statistics.median(ms), 2) for name, ms in by_name.items()}
        for rows, by_name in samples.items()
    }


def signed_in():
    """Return a client of the site that may see and do everything."""
    user, _ = User.objects.get_or_create(
        username="benchmark", is_staff=True, is_superuser=True
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def operations(uploads, client):
    """Return the measured operations by name; each returns its result."""
    everything = history.Filters()
    depth = min(DEEPEST, uploads.rows // 2)
    deep = Cursor(NEXT, uploads.id(uploads.rows - depth)).token(everything)
    middle = uploads.id(uploads.rows // 2)
    sha256 = uploads.sha256(uploads.rows // 200 * 100)
    last = uploads.days[-1]
    month = last - datetime.timedelta(30)
    unsure_bag = history.Filters(class_name="Bag", is_sure=False)

    def page(filters=everything, cursor=None):
        return history.page(filters, cursor=cursor, size=PAGE_SIZE).rows

    def admin(**parameters):
        address = reverse("admin:classifier_upload_changelist")
        response = client.get(address, {"size": PAGE_SIZE, **parameters})
        return response.status_code == 200

    def correct():
        upload = history.get(middle)
        chosen = None if upload.is_corrected else CLASS_NAMES[0]
        return history.correct(upload, chosen, by="benchmark")

    return {
        "first page": page,
        "page at depth": lambda: page(cursor=deep),
        "page of a class": lambda: page(history.Filters(class_name="Bag")),
        "page of a class, not sure": lambda: page(unsure_bag),
        "list in the admin": admin,
        "list in the admin, of a class": lambda: admin(class_name="Bag"),
        "upload by id": lambda: history.get(middle),
        "search by SHA-256": lambda: page(history.Filters(sha256=sha256)),
        "correction": correct,
        "dashboard": lambda: history.summarize(month, last, CLASS_NAMES).uploads,
    }


def ratios(medians):
    """Return how much longer each takes than with the baseline's number of rows."""
    baseline = medians[BASELINE if BASELINE in medians else min(medians)]
    return {
        rows: {name: round(ms / baseline[name], 2) for name, ms in figures.items()}
        for rows, figures in medians.items()
    }


if __name__ == "__main__":
    main()
