"""The messages that wait to be sent, and those that no receiver accepted."""

import json
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error as DatabaseError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deewhy.public_address import absolute

from ..api import schemas
from . import late

# Seconds between the attempts, as Standard Webhooks advises.
DELAYS_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
REASON_LENGTH = 200


class MessageManager(models.Manager):
    """Creates messages and finds the due ones."""

    def about(self, upload):
        """Keep the message about an upload, once or again.

        Its id follows from the upload's, so that the receiver can detect duplicates.
        """
        id = uuid.uuid5(upload.id, "upload.created")
        defaults = {"upload_id": upload.id, "body": body_about(upload)}
        return self.get_or_create(id=id, defaults=defaults)

    def due(self):
        """Return the due messages, oldest first."""
        return self.filter(next_attempt_at__lte=timezone.now())


class Message(models.Model):
    """One message, kept from the upload until the receiver accepts it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    upload_id = models.UUIDField(_("upload"))
    body = models.TextField(_("body"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(
        _("next attempt"), default=timezone.now, null=True, db_index=True
    )
    reason = models.CharField(_("why it failed"), max_length=REASON_LENGTH)

    objects = MessageManager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at"]

    def __str__(self):
        return str(self.upload_id)

    def postpone(self, reason):
        """Record a failed attempt and the time of the next one, if there is one."""
        self.reason = str(reason)[:REASON_LENGTH]
        delays_s = DELAYS_S[self.attempts : self.attempts + 1]
        self.next_attempt_at = (
            timezone.now() + timedelta(seconds=delays_s[0]) if delays_s else None
        )
        self.attempts += 1
        # save() would fail if the message was deleted meanwhile.
        Message.objects.filter(pk=self.pk).update(
            reason=self.reason,
            attempts=self.attempts,
            next_attempt_at=self.next_attempt_at,
        )


def announce(sender, upload, **kwargs):
    """Keep a message about an upload if webhooks are on, or a note that it is due."""
    if settings.WEBHOOK_URL:
        try:
            Message.objects.about(upload)
        except DatabaseError:
            late.note(upload.id)


def announce_late():
    """Keep the messages about the noted uploads."""
    late.announce_all(Message.objects.about)


def drop(sender, ids, **kwargs):
    """Delete the messages about deleted uploads."""
    Message.objects.filter(upload_id__in=ids).delete()
    late.drop(ids)


def drop_aged(sender, until, **kwargs):
    """Delete the messages about uploads that were removed by retention."""
    Message.objects.filter(created_at__lt=until).delete()
    late.drop_aged(until)


def body_about(upload):
    """Return the body of a message: the upload as in the API, with paths as links."""
    message = {
        "type": "upload.created",
        "timestamp": upload.created_at,
        "data": schemas.Upload.of(upload, absolute=absolute).model_dump(),
    }
    return json.dumps(message, cls=DjangoJSONEncoder)
