"""Prometheus metrics of all processes of a server.

Each process writes its values into files of one folder (`PROMETHEUS_MULTIPROC_DIR`),
which `deewhy.server.metrics_address` adds up. Without the folder they stay in memory.
"""

import time

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.context_managers import Timer

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)

UPLOADS = Counter(
    "deewhy_uploads",
    "Uploads recorded in Cassandra, by predicted class, certainty and source.",
    ["class_name", "sure", "source"],
)
PART_SECONDS = Histogram(
    "deewhy_part_seconds",
    "Time of each part of an upload: decode, classify, store, record.",
    ["part"],
    buckets=SECONDS,
)
REQUEST_SECONDS = Histogram(
    "deewhy_request_seconds",
    "Time of requests, by view and class of status.",
    ["view", "status"],
    buckets=SECONDS,
)
REQUESTS_IN_HAND = Gauge(
    "deewhy_requests_in_hand",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
)
CASSANDRA_SECONDS = Histogram(
    "deewhy_cassandra_seconds",
    "Time until Cassandra answered a statement.",
    buckets=SECONDS,
)
CASSANDRA_ERRORS = Counter(
    "deewhy_cassandra_errors", "Statements that failed, by error.", ["error"]
)
SPOOL_WAITING = Gauge(
    "deewhy_spool_waiting",
    "Records that wait in the spool for Cassandra.",
    multiprocess_mode="livemax",
)
NETWORK = Gauge(
    "deewhy_network",
    "1 for the version of the network that answers.",
    ["version"],
    multiprocess_mode="livemax",
)


def part(name: str) -> Timer:
    """Return a decorator and context manager that measures a part of an upload."""
    return PART_SECONDS.labels(name).time()


def watch(future):
    """Measure a statement to Cassandra; return its future."""
    start = time.perf_counter()
    future.add_callbacks(_answered, _failed, callback_args=(start,))
    return future


def _answered(_rows, start):
    CASSANDRA_SECONDS.observe(time.perf_counter() - start)


def _failed(error):
    CASSANDRA_ERRORS.labels(type(error).__name__).inc()


class RequestMetricsMiddleware:
    """Measures each request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        start = time.perf_counter()
        with REQUESTS_IN_HAND.track_inprogress():
            response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match else ""
        status = f"{response.status_code // 100}xx"
        taken_s = time.perf_counter() - start
        REQUEST_SECONDS.labels(view or "other", status).observe(taken_s)
        return response
