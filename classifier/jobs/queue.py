"""Jobs are asked for, stopped, and buried when their process has ended."""

import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from . import tasks
from .models import Job

# A worker of another host is given up after this silence; one says something every few
# seconds. The worker of this host holds a lock, which tells at once.
SILENCE = datetime.timedelta(minutes=10)


def ask(kind, by, **parameters):
    """Put a job into the queue; return it."""
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            parameters=parameters,
            asked_by=by,
            language=translation.get_language() or "",
        )
        job.task_id = tasks.run.enqueue(job.pk).id
        job.save(update_fields=["task_id"])
    return job


def again(job, by):
    """Ask for the same work once more."""
    return ask(job.kind, by, **job.parameters)


def stop(job, by):
    """Stop a job: one that waits at once, one that runs through its worker."""
    message = _("Stopped by %(user)s.") % {"user": by}
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
    now = timezone.now()
    if waiting.update(state=Job.State.STOPPED, message=message, finished_at=now):
        DBTaskResult.objects.filter(id=job.task_id).ready().delete()
        return
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    running.update(is_stop_wanted=True, message=message)


def bury(worker):
    """Say of each job whose process has ended that it is over.

    Args:
        worker: the name of the calling worker, which runs none now.
    """
    running = Job.objects.filter(state=Job.State.RUNNING)
    silent = running.filter(seen_at__lt=timezone.now() - SILENCE)
    for job in (running.filter(worker=worker) | silent).distinct():
        with override(job.language or None):
            message = job.message or _(
                "Its process ended before the work did: the service was stopped or"
                " killed. Nothing was changed."
            )
        job.finish(Job.State.STOPPED, message)
        for result in DBTaskResult.objects.running().filter(id=job.task_id):
            result.set_failed(tasks.Stopped(message))
