"""`manage.py jobs`: run what was asked for in the admin; `serve` starts it."""

import os

from django.core.management.base import BaseCommand

from classifier.jobs import queue
from classifier.jobs.worker import JobWorker, alone, start_watch
from classifier.jobs.worker_name import worker_name
from classifier.networks import saving

NICENESS = 10


class Command(BaseCommand):
    """Nice, alone on its host, and new after each job, so that memory comes back."""

    help = (
        "Run the jobs that were asked for in the admin, one at a time, at a lowered"
        " priority. manage.py serve starts this beside the web workers."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--batch",
            action="store_true",
            help="run the jobs that wait, at the usual priority, and end",
        )
        parser.add_argument(
            "--stop-with-parent",
            action="store_true",
            help="end after a job, or with the parent process, even if that is killed",
        )

    def handle(self, *, batch, stop_with_parent, **options):
        parent = os.getppid() if stop_with_parent else None
        worker = JobWorker(is_batch=batch, most=1 if stop_with_parent else None)
        with alone(parent):
            queue.bury(worker_name())
            saving.remove_partial()
            if not batch:
                os.nice(NICENESS)
                worker.configure_signals()
                start_watch(parent)
            worker.run()
