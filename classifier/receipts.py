"""Receipts for deleted pictures; they are signed, so checking one needs no storage."""

import datetime
import uuid
from dataclasses import dataclass

from django.core import signing
from django.utils import timezone

SALT = "classifier.receipts"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The id of a deleted upload, and the time of its deletion."""

    id: uuid.UUID
    deleted_at: datetime.datetime


def issue(id):
    """Return the text of a receipt for an upload that is deleted now."""
    return signing.dumps([id.hex, timezone.now().isoformat("T", "seconds")], salt=SALT)


def read(text):
    """Return the Receipt in a text, or None if its signature is not ours."""
    try:
        id, deleted_at = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Receipt(uuid.UUID(hex=id), datetime.datetime.fromisoformat(deleted_at))
