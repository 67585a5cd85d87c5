"""Uploads to test with, and the statements that were sent for them."""

import datetime
from contextlib import contextmanager

from classifier import timeuuid
from classifier.labels import CLASS_NAMES
from classifier.models import Upload
from deewhy import cassandra_session

NOON = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)


def make_upload(at=NOON, **values):
    """Return an upload of a moment, complete, and not yet recorded."""
    id = id_at(at)
    return Upload(
        **{
            "id": id,
            "file_name": "shirt.png",
            "stored_name": f"{at:%Y/%m/%d}/{id}.png",
            "media_type": "image/png",
            "width": 28,
            "height": 28,
            "size_bytes": 784,
            "sha256": "0" * 64,
            "source": "form",
            "class_name": CLASS_NAMES[0],
            "probability": 0.91,
            "is_sure": True,
            "class_names": list(CLASS_NAMES),
            "probabilities": [0.91] + [0.01] * 9,
            "network_version": "v1",
            "preprocessing_version": "p1",
            "latency_ms": 0.5,
            "is_cut_short": False,
            **values,
        }
    )


def id_at(moment):
    """Return a new id that was made at an aware time."""
    time = timeuuid.order(timeuuid.lower_bound(moment)) >> 64 << 64
    return timeuuid.at_order(time | timeuuid.order(timeuuid.new_id()) & (1 << 64) - 1)


@contextmanager
def statements_sent():
    """Collect the text of each statement that the driver sends meanwhile."""
    sent = []

    def listen(future):
        statement = future.query
        prepared = getattr(statement, "prepared_statement", statement)
        sent.append(prepared.query_string)

    session = cassandra_session.session()
    session.add_request_init_listener(listen)
    try:
        yield sent
    finally:
        session.remove_request_init_listener(listen)
