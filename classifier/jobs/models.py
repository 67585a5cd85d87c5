"""The jobs in the default database."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LOG_LINES = 500  # the newest are kept
LINE_LENGTH = 500


class Job(models.Model):
    """One piece of work, from the request to its outcome."""

    class Kind(models.TextChoices):
        FROM_HISTORY = "from_history", _("Learn from the history")
        OWN_CLASSES = "own_classes", _("Learn own classes")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    parameters = models.JSONField(_("parameters"), default=dict)
    asked_by = models.CharField(_("asked by"), max_length=150)
    language = models.CharField(_("language"), max_length=20)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    is_stop_wanted = models.BooleanField(_("stop wanted"), default=False)
    log = models.TextField(_("log"), blank=True)
    message = models.TextField(_("outcome"), blank=True)
    version = models.CharField(_("checkpoint"), max_length=100, blank=True)
    # Of the queue, and the worker that has it, with its last sign of life.
    task_id = models.UUIDField(null=True, editable=False)
    worker = models.CharField(max_length=40, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()  # those of networks decide
        ordering = ["-id"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_open(self):
        """Tell whether the job waits or runs."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def progress(self):
        """Return the last line of the log."""
        return self.log.rstrip("\n").rpartition("\n")[2]

    def say(self, line):
        """Add a line to the log; it is a sign of life, too."""
        line = " ".join(line.split())[:LINE_LENGTH]
        lines = [*self.log.splitlines(), line][-LOG_LINES:]
        self.log = "\n".join(lines)
        self.seen_at = timezone.now()
        self.save(update_fields=["log", "seen_at"])

    def begin(self, worker):
        """Mark the job as running."""
        self.state, self.worker = self.State.RUNNING, worker
        self.started_at = self.seen_at = timezone.now()
        self.save(update_fields=["state", "worker", "started_at", "seen_at"])

    def finish(self, state, message, version=""):
        """Mark the job as finished, with its outcome."""
        self.state, self.message, self.version = state, message, version
        self.finished_at = timezone.now()
        self.save(update_fields=["state", "message", "version", "finished_at"])
