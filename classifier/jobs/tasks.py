"""The task of the queue: does the work of a Job and notes its outcome."""

import logging

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import task

from ..exceptions import DatasetUnavailable, HistoryUnavailable, NetworkUnavailable
from .models import Job
from .worker_name import worker_name

# A path for each kind: web workers must not import what trains. Each function takes
# the parameters, the user and a function for messages, and returns an Outcome.
WORK = {
    Job.Kind.FROM_HISTORY: "classifier.learning.work.from_history",
    Job.Kind.OWN_CLASSES: "classifier.learning.work.own_classes",
}
EXPECTED = (DatasetUnavailable, HistoryUnavailable, NetworkUnavailable)

logger = logging.getLogger(__name__)


class Stopped(BaseException):
    """Raised in a running job by its worker; the message says why.

    No `Exception`, so that nothing but the task itself handles it.
    """


@task()
def run(job_id):
    """Do the work of a job, unless it was stopped before or is gone."""
    job = Job.objects.filter(pk=job_id, state=Job.State.WAITING).first()
    if job is None:
        return
    job.begin(worker_name())
    with translation.override(job.language or settings.LANGUAGE_CODE):
        state, message, version = _outcome(job)
    job.finish(state, message, version)


def _outcome(job):
    """Do the work; return the state, a message and perhaps a checkpoint's version."""
    try:
        done = import_string(WORK[job.kind])(job.parameters, job.asked_by, job.say)
    except Stopped as reason:
        return Job.State.STOPPED, str(reason), ""
    except EXPECTED as error:
        return Job.State.FAILED, str(error), ""
    except Exception:
        logger.exception("Job %d failed.", job.pk)
        said = _("An unexpected error ended it; the service's log has the details.")
        return Job.State.FAILED, said, ""
    return Job.State.DONE, done.message, done.version
