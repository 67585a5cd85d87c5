"""gunicorn's configuration for the test of what all requests may take together."""

from deewhy import patient_worker


def post_worker_init(worker):
    patient_worker.BUFFERED_BYTES = 1_000_000
