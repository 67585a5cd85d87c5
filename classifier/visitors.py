"""What a visitor without an account may do: a signed cookie names their own uploads."""

import datetime
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils import timezone

from . import timeuuid

COOKIE = "own-uploads"
SALT = "classifier.visitors"
KEPT_FOR = datetime.timedelta(days=7)
MAX_UPLOADS = 12


@dataclass(frozen=True, slots=True)
class OwnUpload:
    """An upload that this browser sent, as the cookie remembers it."""

    id: uuid.UUID
    class_name: str

    @property
    def is_fresh(self):
        return timezone.now() - timeuuid.created_at(self.id) < KEPT_FOR


def own_uploads(request):
    """Return what this browser sent in the last days, newest first."""
    try:
        pairs = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return []
    uploads = [OwnUpload(uuid.UUID(hex=id), class_name) for id, class_name in pairs]
    return [upload for upload in uploads if upload.is_fresh]


def owns(request, id):
    """Tell whether this browser sent an upload, and lately enough to change it."""
    return any(upload.id == id for upload in own_uploads(request))


def remember(request, response, uploads):
    """Add uploads to those of this browser."""
    new = [OwnUpload(upload.id, upload.class_name) for upload in reversed(uploads)]
    _keep(response, (new + own_uploads(request))[:MAX_UPLOADS])


def forget(request, response, id):
    """Take a deleted upload out of those of this browser."""
    _keep(response, [upload for upload in own_uploads(request) if upload.id != id])


def _keep(response, uploads):
    pairs = [(upload.id.hex, upload.class_name) for upload in uploads]
    response.set_cookie(
        COOKIE,
        signing.dumps(pairs, salt=SALT, compress=True),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
