"""gunicorn's configuration for the test of uploads that never end."""

from deewhy import stuck

graceful_timeout = 1


def post_worker_init(worker):
    stuck.watch(limit_s=1)


def worker_exit(server, worker):
    stuck.leave()
