"""The process of the jobs beside the web workers, kept alive by gunicorn's master."""

import contextlib
import os
import sys
import threading
import time

import psutil
from django.conf import settings

FIRST_PAUSE_S = 1
LONGEST_PAUSE_S = 60
STEADY_S = 10  # a process that lived as long did not fail at its start
STOP_S = 15


class JobProcess:
    """Starts the process, and again whenever it has ended."""

    def __init__(self):
        self.process = None
        self.is_stopping = threading.Event()

    def start(self):
        threading.Thread(target=self._run, name="jobs", daemon=True).start()

    def stop(self):
        """End the process; a job in progress is ended and says so."""
        self.is_stopping.set()
        if not self.process or not self.process.is_running():
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except psutil.TimeoutExpired:
            self.process.kill()

    def _run(self):
        pause_s = FIRST_PAUSE_S
        while not self.is_stopping.is_set():
            began = time.monotonic()
            self.process = _started()
            self.process.wait()
            is_steady = time.monotonic() - began > STEADY_S
            pause_s = FIRST_PAUSE_S if is_steady else min(2 * pause_s, LONGEST_PAUSE_S)
            self.is_stopping.wait(pause_s)


def _started():
    """Start the process.

    Not by `subprocess`, which waits until every process has closed a pipe of its own: a
    web worker that is forked meanwhile keeps it open as long as it lives.
    """
    program = str(settings.BASE_DIR / "manage.py")
    command = [sys.executable, program, "jobs", "--stop-with-parent"]
    # `serve` set it for the visitors' short products; learning makes long ones.
    environment = {**os.environ}
    environment.pop("OPENBLAS_NUM_THREADS", None)
    pid = os.posix_spawn(command[0], command, environment, file_actions=_closing())
    return psutil.Process(pid)


def _closing():
    """Return the actions that close what only the master may hold.

    Otherwise the process would keep the port and Cassandra's lifeline for a while after
    the master was killed.
    """
    actions = []
    for file in map(int, os.listdir("/dev/fd")):
        with contextlib.suppress(OSError):  # the listing's own
            if file > 2 and os.get_inheritable(file):
                actions.append((os.POSIX_SPAWN_CLOSE, file))
    return actions
