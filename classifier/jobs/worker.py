"""The worker: the library's, with a stop, and a lock that leaves one to a host."""

import fcntl
import logging
import os
import signal
import sys
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks_db.management.commands.db_worker import Worker

from deewhy import background

from . import queue
from .models import Job
from .tasks import Stopped
from .worker_name import worker_name

LOCK = "jobs.lock"
CHECK_S = 1
PATIENCE_S = 10  # between the wish to stop and the end of the process

logger = logging.getLogger(__name__)


class JobWorker(Worker):
    """Runs jobs in the main thread; signals stop the one that runs."""

    def __init__(self, *, is_batch, most=None):
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=1,
            batch=is_batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=most,
            worker_id=get_random_string(32),
        )

    def configure_signals(self):
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # the terminal's: the master decides
        signal.signal(signal.SIGTERM, self.shutdown)
        signal.signal(signal.SIGUSR1, self.stop)

    def shutdown(self, signum, frame):
        self.running = False
        if not self.running_task:
            sys.exit(0)
        raise Stopped(_("The service was stopped. Nothing was changed."))

    def stop(self, signum, frame):
        if self.running_task:
            raise Stopped(stop_message())

    def run_task(self, db_task_result):
        super().run_task(db_task_result)
        queue.bury(worker_name())  # one that was stopped before it could say so


def stop_message():
    """Return the message of a job with a wish to stop, "" without one."""
    wanted = Job.objects.filter(state=Job.State.RUNNING, worker=worker_name())
    return wanted.values_list("message", flat=True).filter(is_stop_wanted=True).first()


def start_watch(parent):
    """Watch for wishes to stop and for the end of the parent process, in a thread.

    Args:
        parent: process id; None for a worker that outlives its parent.
    """
    if parent:
        background.stop_with(parent, afterwards=_end_soon)
    background.repeat(_stop_when_wanted, name="stop of jobs", every_s=CHECK_S)


@contextmanager
def alone(parent):
    """Wait for the lock of this VAR_DIR, and hold it."""
    with open(settings.VAR_DIR / LOCK, "w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if parent not in (None, os.getppid()):
                    sys.exit(0)
                time.sleep(CHECK_S)
        yield


def _stop_when_wanted():
    if stop_message():
        os.kill(os.getpid(), signal.SIGUSR1)
        connection.close()
        time.sleep(PATIENCE_S)
        if stop_message():
            _end_now()


def _end_soon():
    time.sleep(PATIENCE_S)
    _end_now()


def _end_now():
    """End the process; the next worker says of its job that it is over."""
    logger.error("A job does not stop: its process ends.")
    os._exit(1)
