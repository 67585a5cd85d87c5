"""The spool's tables: the waiting records, and the lease of the draining process."""

from datetime import timedelta
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..limits.leases import has_ended
from ..models import Upload
from . import embeddings

# These follow from the id; Cassandra knows the number of shards of a day.
DERIVED = ("id", "day", "shard")
RETRY_REJECTED = timedelta(hours=1)


class WaitingUploadManager(models.Manager["WaitingUpload"]):
    """Puts records into the spool and finds them there."""

    def add(self, upload):
        """Keep a record, once or again; it is on disk when this returns."""
        with transaction.atomic(durable=True):
            kept = {
                "record": values_of(upload),
                "owner": upload.owner or "",
                "embedding": embeddings.as_json(upload.embedding),
            }
            self.update_or_create(id=upload.id, defaults=kept)

    def due(self):
        """Return the records to write now; a rejected one waits for its turn.

        A rejection time in the future comes from a wrong clock, so it does not delay.
        """
        now = timezone.now()
        return self.exclude(rejected_at__range=(now - RETRY_REJECTED, now))

    def rejected(self):
        """Return the records that Cassandra rejected."""
        return self.filter(rejected_at__isnull=False)

    def find(self, id: UUID) -> Upload | None:
        """Return the upload of an id, or None."""
        waiting = self.filter(id=id).first()
        return waiting.as_upload() if waiting else None

    def of_owners(self, names):
        """Return the uploads of some owners."""
        return [waiting.as_upload() for waiting in self.filter(owner__in=names)]


class WaitingUpload(models.Model):
    """The record of an upload that Cassandra has not acknowledged."""

    number = models.BigAutoField(primary_key=True)  # the order of arrival
    id = models.UUIDField(_("id"), unique=True)
    record = models.JSONField(_("record"), encoder=DjangoJSONEncoder)
    owner = models.CharField(max_length=64, default="", db_index=True, editable=False)
    embedding = models.JSONField(null=True, editable=False)
    spooled_at = models.DateTimeField(_("waiting since"), auto_now_add=True)
    rejected_at = models.DateTimeField(_("rejected"), null=True)
    rejection = models.TextField(_("rejected because"), default="")

    objects = WaitingUploadManager()

    class Meta:
        verbose_name = _("waiting upload")
        verbose_name_plural = _("waiting uploads")
        ordering = ["number"]

    def __str__(self):
        return str(self.id)

    def as_upload(self) -> Upload:
        """Return the upload as it was received."""
        upload = Upload(id=self.id, **self.record)
        upload.owner = self.owner or None
        upload.embedding = embeddings.from_json(self.embedding)
        return upload

    def reject(self, reason):
        """Set the record aside: it is kept, and tried again after a while."""
        self.rejected_at, self.rejection = timezone.now(), reason
        self.save(update_fields=["rejected_at", "rejection"])


class Lease(models.Model):
    """The right of one process to drain the spool until a time."""

    DURATION = timedelta(seconds=15)

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=40)
    until = models.DateTimeField()

    def __str__(self):
        return f"{self.name}: {self.owner}"

    @classmethod
    def take(cls, name, owner):
        """Take or extend a lease; return whether the owner holds it now."""
        now = timezone.now()
        cls.objects.get_or_create(name=name, defaults={"owner": owner, "until": now})
        is_free = Q(owner=owner) | has_ended("until", cls.DURATION)
        taken = cls.objects.filter(is_free, name=name)
        return bool(taken.update(owner=owner, until=now + cls.DURATION))

    @classmethod
    def give_back(cls, name, owner):
        """Release a lease, so that another process can take it at once."""
        cls.objects.filter(name=name, owner=owner).update(until=timezone.now())


class ClockWatch(models.Model):
    """One row: when the clock was read last, and since when it has run evenly.

    A clock set ahead looks like a service that was off for as long. In both cases the
    time is believed only after a while, in which a person can correct the clock.
    """

    LONGEST_PAUSE = timedelta(days=7)
    SMALLEST_STEP_BACK = timedelta(minutes=5)
    PROBATION = timedelta(days=1)

    seen_at = models.DateTimeField()
    even_since = models.DateTimeField()

    def __str__(self):
        return f"even since {self.even_since}"

    @property
    def believed_from(self):
        """Return when the clock is believed if it runs on evenly."""
        return self.even_since + self.PROBATION

    @classmethod
    def may_be_believed(cls, now):
        """Record a time reading, and tell whether retention may act on it."""
        watch = cls.objects.filter(pk=1).first() or cls(pk=1)
        if not watch.seen_at or not watch._follows(now):
            watch.even_since = now
        watch.seen_at = now
        watch.save()
        return now >= watch.believed_from

    def _follows(self, now):
        return -self.SMALLEST_STEP_BACK <= now - self.seen_at <= self.LONGEST_PAUSE


def values_of(upload):
    """Return a record as JSON values; the remaining columns follow from its id."""
    values = {name: getattr(upload, name) for name in Upload._columns}
    return {
        name: value
        for name, value in values.items()
        if value is not None and name not in DERIVED
    }
