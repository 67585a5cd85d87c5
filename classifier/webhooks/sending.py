"""Sends due messages, one process at a time, until the receiver accepts each."""

import http.client
import logging
import time
import urllib.request
import uuid

from django.conf import settings

from deewhy.background import repeat

from ..spool.models import Lease
from .models import Message, announce_late
from .signing import headers

LEASE = "webhooks"
BATCH_SIZE = 100
LOOK_EVERY_S = 1.0
TIMEOUT_S = 5.0  # well within the lease, which is renewed for each message

logger = logging.getLogger(__name__)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: the signature is meant for the configured address only."""

    def redirect_request(self, *args, **kwargs):
        return None


opener = urllib.request.build_opener(NoRedirects)


def send_due():
    """Send each due message; return the number of accepted ones."""
    owner = uuid.uuid4().hex
    taken = 0
    try:
        for message in Message.objects.due()[:BATCH_SIZE]:
            if not Lease.take(LEASE, owner):
                break
            if Message.objects.filter(pk=message.pk).exists():  # still wanted
                taken += send(message)
    finally:
        Lease.give_back(LEASE, owner)
    return taken


def send(message):
    """Send a message once; return whether the receiver accepted it."""
    try:
        post(message)
    except (OSError, http.client.HTTPException) as error:
        message.postpone(error)
        logger.warning("Nobody took the message about %s: %s", message, error)
        return False
    message.delete()
    return True


def post(message):
    """Post a signed message.

    Raises:
        OSError, HTTPException: there was no answer, or its status was not 2xx.
    """
    body = message.body.encode()
    signature = headers(settings.WEBHOOK_SECRET, message.id, int(time.time()), body)
    request = urllib.request.Request(
        settings.WEBHOOK_URL,
        body,
        {"Content-Type": "application/json", "User-Agent": "deewhy", **signature},
    )
    with opener.open(request, timeout=TIMEOUT_S):
        pass  # the body of the answer has no use


def start():
    """Send in the background from now on; called in serving processes."""
    if settings.WEBHOOK_URL:
        repeat(look, name="sending of webhooks", every_s=LOOK_EVERY_S)


def look():
    """Send the due messages, with those about the noted uploads."""
    announce_late()
    if Message.objects.due().exists():
        send_due()
