"""gunicorn's configuration for the tests of clients that stall: they have a second."""

from deewhy import pace, receiving


def post_worker_init(worker):
    pace.WINDOW_S = 1
    pace.SLOWEST_BYTES_PER_S = 1_000
    receiving.PACED_STALL_S = 1
