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
    is_sure: bool = True  # older cookies do not tell

    @property
    def is_fresh(self):
        return timezone.now() - timeuuid.created_at(self.id) < KEPT_FOR


def own_uploads(request):
    """Return what this browser sent in the last days, newest first."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return []
    uploads = [OwnUpload(uuid.UUID(hex=id), *said) for id, *said in kept]
    return [upload for upload in uploads if upload.is_fresh]


def owns(request, id):
    """Tell whether this browser sent an upload, and lately enough to change it."""
    return any(upload.id == id for upload in own_uploads(request))


def remember(request, response, uploads):
    """Add uploads to those of this browser."""
    _keep(response, (newest_first(uploads) + own_uploads(request))[:MAX_UPLOADS])


def newest_first(uploads):
    """Return uploads that have just come as the cookie will remember them."""
    return [
        OwnUpload(upload.id, upload.class_name, upload.is_sure)
        for upload in reversed(uploads)
    ]


def forget(request, response, id):
    """Take a deleted upload out of those of this browser."""
    _keep(response, [upload for upload in own_uploads(request) if upload.id != id])


def _keep(response, uploads):
    kept = [(upload.id.hex, upload.class_name, upload.is_sure) for upload in uploads]
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT, compress=True),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
