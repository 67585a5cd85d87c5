"""Seconds to rescore uploads by another head, in a keyspace of its own.

Run it from the folder of the repository with the settings of a Cassandra to use; it
makes and drops the keyspace `deewhy_rescoring`.
"""

import argparse
import datetime
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
os.environ["CASSANDRA_KEYSPACE"] = "deewhy_rescoring"

START = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
AT_ONCE = 256


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--uploads", type=int, default=10_000, help="default: 10000")
    count = parser.parse_args().uploads
    import django

    django.setup()
    from django.core.management import call_command

    from classifier import prediction
    from classifier.learning import rescoring
    from classifier.networks import checkpoints
    from deewhy.cassandra import session

    call_command("migrate", database="cassandra", verbosity=0)
    try:
        classifier = prediction.load(checkpoints.served())
        fill(classifier, count)
        totals = rescoring.Totals()
        start, cpu = time.perf_counter(), time.process_time()
        for _ in rescoring.rescore_all(classifier, totals):
            pass
        sys.stdout.write(
            f"{totals.same + totals.changed} uploads: {time.perf_counter() - start:.1f}"
            f" s, {time.process_time() - cpu:.1f} s of processor time here\n"
        )
    finally:
        session.session().execute("DROP KEYSPACE deewhy_rescoring", timeout=60)


def fill(classifier, count):
    """Write uploads with embeddings like those that the head learnt from."""
    from classifier import timeuuid
    from classifier.embeddings import SEARCHED
    from classifier.history import days, embeddings, records
    from classifier.networks import checkpoints
    from classifier.tests.fixtures.uploads import make_upload
    from deewhy.cassandra import session

    random = np.random.default_rng(0)
    kept = checkpoints.served().load_embeddings()["embeddings"]
    sent = []
    for number in range(count):
        upload = make_upload(START + number * datetime.timedelta(minutes=1))
        upload.day, upload.shard = timeuuid.day_of(upload.id), 0
        days.ensure(upload.day)
        levels = kept[random.integers(len(kept))].tobytes()
        sent.append(
            session.execute_async(records.INSERT, records.insert_values(upload))
        )
        vector = random.normal(size=SEARCHED).astype(np.float32).tolist()
        sent.append(
            session.execute_async(
                embeddings.INSERT,
                (upload.id, classifier.embedding_version, levels, vector, number),
            )
        )
        if len(sent) >= AT_ONCE:
            for future in sent:
                future.result()
            sent.clear()
    for future in sent:
        future.result()


if __name__ == "__main__":
    main()
