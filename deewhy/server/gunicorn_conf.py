"""gunicorn's configuration; `manage.py serve` starts it with this file.

A worker loads the network and connects to Cassandra after the fork, before its first
request. Ctrl-C acts like SIGTERM: requests in flight are finished first.
"""

import contextlib
import os
import resource
import signal
import sys

import psutil
from django.conf import settings

from .. import background
from ..cores import cores
from ..private_files import UMASK
from . import metrics_address
from .job_process import JobProcess

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")

WORKER_MEMORY_BYTES = 1_200_000_000  # 170 MB, plus the pixel budget
ENOUGH_FILES = 4096  # a connection holds up to three: the socket and a buffer each way

os.umask(UMASK)

roomy = psutil.virtual_memory().available // WORKER_MEMORY_BYTES

bind = settings.BIND
workers = settings.WEB_CONCURRENCY or max(1, min(cores(), roomy, 4))
worker_class = "deewhy.server.buffering_worker.BufferingWorker"
worker_connections = 256  # each may hold an upload, on disk
threads = 8
timeout = 120  # loading the network counts, and may be slow on a busy machine
graceful_timeout = 30
preload_app = False  # the driver's session does not survive a fork
accesslog = None
control_socket_disable = True  # signals are enough
loglevel = "warning"
logconfig_dict = settings.LOGGING  # its own lines have the form of all others

metrics_address.prepare()
jobs = JobProcess()

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if soft != resource.RLIM_INFINITY and soft < ENOUGH_FILES:
    enough = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(ENOUGH_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))


def when_ready(server):
    signal.signal(signal.SIGINT, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    if parent := os.environ.get("STOP_WITH"):
        background.stop_with(int(parent))
    jobs.start()
    metrics_address.start()


def post_fork(server, worker):
    # Otherwise the node would live as long as the last worker, not as the master.
    if lifeline := os.environ.get("LIFELINE_FILE"):
        os.close(int(lifeline))
    metrics_address.leave()


def child_exit(server, worker):
    metrics_address.forget(worker.pid)


def post_worker_init(worker):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's: the master decides
    from classifier import prediction
    from classifier.exceptions import NetworkUnavailable
    from classifier.history import counts
    from classifier.operations import measuring, retention
    from classifier.spool import draining
    from classifier.webhooks import sending

    from ..cassandra import late_migration
    from . import watchdog

    try:
        prediction.served()
    except NetworkUnavailable as error:
        worker.log.error("%s", error)  # the pages report it too
    late_migration.start()
    draining.start()
    counts.start()
    prediction.start()
    sending.start()
    retention.start()
    measuring.start()
    watchdog.start()
    if worker.age == 1:
        where = settings.BIND if settings.BINDING.path else settings.BINDING.url
        sys.stdout.write(f"Serving {where}\n")
        sys.stdout.flush()


def worker_exit(server, worker):
    from classifier.history import counts

    from . import watchdog

    try:
        counts.flush()
    finally:
        watchdog.leave()


def on_exit(server):
    """Stop the jobs, and the node that was started for this server, if one was."""
    jobs.stop()
    if lifeline := os.environ.get("LIFELINE_FILE"):
        if "STOP_NODES_AT_EXIT" in os.environ:
            from ..cassandra_node import local_cluster

            sys.stdout.write("Stopping Cassandra\n")  # it takes some seconds
            sys.stdout.flush()
            local_cluster().stop()
        os.close(int(lifeline))
        with contextlib.suppress(ChildProcessError):
            os.waitpid(int(os.environ["SUPERVISOR_PID"]), 0)
