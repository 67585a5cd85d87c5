"""Fill the history with uploads of true size, fast enough for ten million of them.

Several processes send many batches at once. The rows are those that `history.record`
writes; what is left out are its reads.
"""

import datetime
import hashlib
import multiprocessing
import random
import time
from collections import Counter, defaultdict
from types import SimpleNamespace

from cassandra.concurrent import execute_concurrent
from cassandra.query import BatchStatement, BatchType

from classifier import timeuuid
from classifier.history import counts, days, lookups, records
from classifier.labels import CLASS_NAMES
from deewhy import cassandra_session

BATCH = 32  # rows; Cassandra refuses a batch of 50 kB
CHUNK = 100 * BATCH
CONCURRENCY = 24
ATTEMPTS = 10
SCATTER = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: neighbours end far apart
FIRST_DAY = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)


def load(rows, *, span_days, workers):
    """Write uploads evenly over days in several processes."""
    for day in range(span_days):
        days.ensure((FIRST_DAY + datetime.timedelta(day)).date())
    step = step_of(rows, span_days)
    share = -(-rows // workers)
    stretches = [(n, min(n + share, rows), step) for n in range(0, rows, share)]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        pool.starmap(_load, stretches, chunksize=1)


def step_of(rows, span_days):
    """Return the ticks between two uploads."""
    return span_days * 86400 * timeuuid.TICKS_PER_SECOND // rows


def make_upload(number, step, chance):
    """Return something with the attributes of an upload, at a tenth of its cost."""
    class_name = chance.choice(CLASS_NAMES)
    id = id_of(number, step)
    day = timeuuid.day_of(id)
    probability = 0.5 + chance.random() / 2
    picture = number - number % 100 if number % 100 == 1 else number
    return SimpleNamespace(
        id=id,
        day=day,
        shard=0,
        file_name=f"IMG_{number % 10_000:04}.jpeg",
        stored_name=f"{day:%Y/%m/%d}/{id}.jpeg",
        media_type="image/jpeg",
        width=3024,
        height=4032,
        size_bytes=chance.randrange(10**6, 5 * 10**6),
        sha256=sha256_of(picture),
        source="form",
        class_name=class_name,
        probability=probability,
        is_sure=probability > 0.55,
        class_names=CLASS_NAMES,
        probabilities=[chance.random() for _ in CLASS_NAMES],
        network_version="2026-11-23-a1b2c3",
        preprocessing_version="1",
        latency_ms=chance.uniform(0.5, 3),
        is_corrected=False,
        corrected_class_name=None,
        corrected_by=None,
        corrected_at=None,
    )


def id_of(number, step):
    """Return the id of the upload of a number."""
    first = timeuuid.order(timeuuid.lower_bound(FIRST_DAY)) >> 64
    rest = number * SCATTER & (1 << 62) - 1 | timeuuid.MULTICAST
    return timeuuid.at_order(first + number * step << 64 | rest)


def sha256_of(picture):
    """Return the SHA-256 of the picture of a number."""
    return hashlib.sha256(str(picture).encode()).hexdigest()


def _load(first, last, step):
    """Write the uploads from one number to another."""
    chance = random.Random(first)
    totals = defaultdict(Counter)
    for start in range(first, last, CHUNK):
        chunk = range(start, min(start + CHUNK, last))
        _write(
            [
                (batch, ())
                for number in chunk[::BATCH]
                for batch in _batches(
                    range(number, min(number + BATCH, chunk.stop)), step, chance, totals
                )
            ]
        )
    for day, total in totals.items():
        counts.add(day, total)


def _write(batches):
    """Send batches until each is acknowledged; a node under load times out some."""
    session = cassandra_session.session()
    for attempt in range(ATTEMPTS):
        time.sleep(attempt)
        results = execute_concurrent(
            session, batches, concurrency=CONCURRENCY, raise_on_first_error=False
        )
        batches = [
            batch
            for batch, result in zip(batches, results, strict=True)
            if not result[0]
        ]
        if not batches:
            return
    raise RuntimeError(f"{len(batches)} batches were never acknowledged.")


def _batches(numbers, step, chance, totals):
    """Return the batches of some neighbours in time, and count them by day.

    Entries of lookups are of many partitions, which costs one node nothing.
    """
    rows, entries = (BatchStatement(BatchType.UNLOGGED) for _ in range(2))
    insert = cassandra_session.prepare(records.INSERT)
    for number in numbers:
        upload = make_upload(number, step, chance)
        totals[upload.day] += counts.of(upload)
        rows.add(insert, records.insert_values(upload))
        for cql, values in lookups.inserts(upload):
            entries.add(cassandra_session.prepare(cql), values)
    return rows, entries
