"""Measure what pages, searches and corrections cost with few and with many uploads.

    python benchmarks/history.py --rows 1000 100000 --json docs/benchmarks/history.json

Each number of rows gets a keyspace of its own, dropped afterwards. To restart
Cassandra between loading and measuring: `--only load`, restart, `--only measure`.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

# Models need the settings above.
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from benchmarks import history_load  # noqa: E402
from classifier import history, timeuuid  # noqa: E402
from classifier.history.cursors import NEXT, Cursor  # noqa: E402
from classifier.labels import CLASS_NAMES  # noqa: E402
from deewhy import cassandra_session  # noqa: E402
from deewhy.routers import CASSANDRA  # noqa: E402

PAGE_SIZE = 100
WARM_UPS = 5
DEEPEST = 1_000_000
DROP_TIMEOUT_S = 300


def main():
    options = parse()
    report = {"machine": machine(), "days": options.days, "page_size": PAGE_SIZE}
    if options.only != "measure":
        report["load"] = {rows: timed_load(rows, options) for rows in options.rows}
    if options.only != "load":
        report["median_ms"] = measure(options)
        report["ratio"] = ratios(report["median_ms"], options.rows[0])
    if not options.only and not options.keep:
        for rows in options.rows:
            drop_keyspace(rows, options)
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
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--only", choices=["load", "measure"], help="leave one out")
    parser.add_argument("--keep", action="store_true", help="keep the keyspaces")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser.parse_args()


def machine():
    return {
        "date": datetime.date.today().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "cassandra": cassandra_session.connect()
        .execute("SELECT release_version FROM system.local")
        .one()["release_version"],
    }


def use_keyspace(rows, options):
    name = f"benchmark_{rows}_{options.days}"
    connections[CASSANDRA].settings_dict["NAME"] = name


def drop_keyspace(rows, options):
    use_keyspace(rows, options)
    cassandra_session.connect().execute(
        f"DROP KEYSPACE {cassandra_session.keyspace()}", timeout=DROP_TIMEOUT_S
    )


def timed_load(rows, options):
    use_keyspace(rows, options)
    call_command("migrate", database=CASSANDRA, verbosity=0)
    started = time.perf_counter()
    history_load.load(rows, span_days=options.days, workers=options.workers)
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 1), "rows_per_s": round(rows / seconds)}


def measure(options):
    """Return the median milliseconds of each thing that a curator does.

    The numbers of rows take turns, so that a noisy machine is noisy for all of them.
    """
    measured = {rows: operations(rows, options.days) for rows in options.rows}
    samples = {rows: {name: [] for name in measured[rows]} for rows in options.rows}
    for number in range(WARM_UPS + options.repeat):
        for rows, named in measured.items():
            use_keyspace(rows, options)
            cassandra_session.session()
            for name, operation in named.items():
                started = time.perf_counter()
                operation()
                if number >= WARM_UPS:
                    ms = (time.perf_counter() - started) * 1000
                    samples[rows][name].append(ms)
    return {
        rows: {name: round(statistics.median(ms), 2) for name, ms in by_name.items()}
        for rows, by_name in samples.items()
    }


def operations(rows, span_days):
    """Return what is measured, by name."""
    step = history_load.step_of(rows, span_days)
    everything = history.Filters()
    depth = min(DEEPEST, rows // 2)
    deep = Cursor(NEXT, history_load.id_of(rows - depth, step)).token(everything)
    middle = history_load.id_of(rows // 2, step)
    sha256 = history_load.sha256_of(rows // 200 * 100)
    last = timeuuid.day_of(history_load.id_of(rows - 1, step))
    month = last - datetime.timedelta(30)
    unsure_bag = history.Filters(class_name="Bag", is_sure=False)

    def page(filters=everything, cursor=None):
        return history.page(filters, cursor=cursor, size=PAGE_SIZE)

    def correct():
        upload = history.get(middle)
        chosen = None if upload.is_corrected else CLASS_NAMES[0]
        history.correct(upload, chosen, by="benchmark")

    return {
        "first page": page,
        "page at depth": lambda: page(cursor=deep),
        "page of a class": lambda: page(history.Filters(class_name="Bag")),
        "page of a class, not sure": lambda: page(unsure_bag),
        "upload by id": lambda: history.get(middle),
        "search by SHA-256": lambda: page(history.Filters(sha256=sha256)),
        "correction": correct,
        "dashboard": lambda: history.summarize(month, last, CLASS_NAMES),
    }


def ratios(medians, baseline):
    """Return how much longer each takes than with the first number of rows."""
    return {
        rows: {
            name: round(ms / medians[baseline][name], 2) for name, ms in figures.items()
        }
        for rows, figures in medians.items()
    }


if __name__ == "__main__":
    main()
