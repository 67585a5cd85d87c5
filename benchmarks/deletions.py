"""Measure the newest page of a day after many of its uploads are deleted.

    python benchmarks/deletions.py --deleted 300000 --left-every 3000

It needs a Cassandra (`manage.py cassandra start`), and uses a keyspace of its own.
"""

import argparse
import datetime
import os
import statistics
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "deewhy.settings",
    "CASSANDRA_KEYSPACE": "benchmark_deletions",
    "CASSANDRA_TIMEOUT_S": "60",
}
django.setup()

# Models need the settings above.
from cassandra.query import BatchStatement, BatchType  # noqa: E402
from django.core.management import call_command  # noqa: E402

from classifier import history, timeuuid  # noqa: E402
from classifier.history import Filters, days, deletions, records  # noqa: E402
from classifier.tests.fixtures.uploads import make_upload  # noqa: E402
from deewhy.cassandra import session  # noqa: E402

DAY = datetime.date(2024, 2, 29)
UNTOUCHED = DAY - datetime.timedelta(1)
TICKS = 2000  # between two uploads: 200 microseconds
OLDER = 300  # uploads that stay, below the deleted ones
BATCH = 50
REPEAT = 30
SINCE = datetime.datetime(2024, 2, 28, tzinfo=datetime.UTC)
BETWEEN = SINCE + datetime.timedelta(1)
LISTS = {
    "untouched day": Filters(until=BETWEEN),
    "untouched day, of a class": Filters(until=BETWEEN, class_name="T-shirt/top"),
    "day with deletions": Filters(since=BETWEEN),
    "day with deletions, of a class": Filters(since=BETWEEN, class_name="T-shirt/top"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deleted", type=int, default=300_000)
    parser.add_argument("--left-every", type=int, default=3000, metavar="N")
    options = parser.parse_args()
    call_command("migrate", database="cassandra", verbosity=0)
    call_command("flush", database="cassandra", interactive=False, verbosity=0)
    for day in (DAY, UNTOUCHED):
        days.ensure(day)
        record(range(OLDER), day)
    everything = range(OLDER, OLDER + options.deleted)
    left = set(everything[:: options.left_every])
    record(left, DAY)
    with ThreadPoolExecutor(2) as threads:
        gone = [number for number in everything if number not in left]
        parts = [gone[at : at + BATCH] for at in range(0, len(gone), BATCH)]
        list(threads.map(delete, parts))
    started = time.perf_counter()
    history.page(size=100)
    taken = (time.perf_counter() - started) * 1000
    sys.stdout.write(f"first list after the deletions: {taken:.0f} ms\n")
    for name, ms in median_ms().items():
        sys.stdout.write(f"{name}: {ms:.1f} ms\n")


def id_of(number, day=DAY):
    ticks = timeuuid.start_of(day).time + (number + 1) * TICKS
    return uuid.UUID(
        fields=(
            ticks & 0xFFFFFFFF,
            ticks >> 32 & 0xFFFF,
            ticks >> 48 & 0x0FFF | 0x1000,
            0x80,
            1,
            number,
        )
    )


def record(numbers, day):
    statement = session.prepare(records.INSERT)
    for number in numbers:
        upload = make_upload(id=id_of(number, day), day=day, shard=0)
        session.session().execute(statement, records.insert_values(upload))


def delete(numbers):
    statement = session.prepare(deletions.DELETE)
    batch = BatchStatement(BatchType.UNLOGGED)
    for id in map(id_of, numbers):
        batch.add(statement, (timeuuid.microseconds_after(id), DAY, 0, id))
    session.session().execute(batch, timeout=60)


def median_ms():
    """Return the median time of the newest page of 100, by list; all take turns."""
    times = {}
    for _ in range(REPEAT):
        for name, filters in LISTS.items():
            started = time.perf_counter()
            history.page(filters, size=100)
            taken = (time.perf_counter() - started) * 1000
            times.setdefault(name, []).append(taken)
    return {name: statistics.median(each) for name, each in times.items()}


if __name__ == "__main__":
    main()
