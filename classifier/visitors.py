"""Visitors without an account: they can see and delete this browser's uploads.

A signed cookie holds a secret that was drawn before the first upload, so that any
number of pictures and tabs share it. Each upload is stored under an owner's name
derived from the secret and the day: the tables do not reveal that uploads of different
days came from one browser.
"""

import datetime
import hmac
import secrets
import uuid
from dataclasses import dataclass, replace

from django.conf import settings
from django.core import signing
from django.utils import timezone

from . import timeuuid
from .spool import records

COOKIE = "own-uploads"
SALT = "classifier.visitors"
KEPT_FOR = datetime.timedelta(days=7)
SECRET_BYTES = 16
# Around midnight, the clock of the process that drew an id may be ahead.
DAYS = range(-1, KEPT_FOR.days + 1)


@dataclass(frozen=True, slots=True)
class ListedUpload:
    """An upload that an older cookie names directly."""

    id: uuid.UUID
    class_name: str
    is_sure: bool = True  # the oldest cookies lack this


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, identified by the secret in its cookie; new without one."""

    secret: str
    listed: tuple[ListedUpload, ...] = ()
    is_new: bool = False

    def owner_of(self, id):
        """Return the owner's name for an upload of this browser."""
        return self._owner(timeuuid.day_of(id))

    def owns(self, id):
        """Tell whether this browser sent an upload, recently enough to change it.

        Raises:
            HistoryUnavailable: Cassandra is away, and the upload is not in the spool.
        """
        if id.version != 1 or not is_fresh(id):
            return False
        if any(upload.id == id for upload in self.listed):
            return True
        return not self.is_new and records.owns(self.owner_of(id), id)

    def uploads(self, kept=()):
        """Return this browser's uploads of the last days, newest first.

        While Cassandra is away, these are the uploads in the spool and those just
        `kept`.
        """
        today = timezone.now().date()
        owners = [self._owner(today - datetime.timedelta(day)) for day in DAYS]
        found = [] if self.is_new and not kept else records.of_owners(owners)
        uploads = {one.id: one for one in (*self.listed, *found, *kept)}
        newest_first = sorted(uploads, key=timeuuid.order, reverse=True)
        return [uploads[id] for id in newest_first if is_fresh(id)]

    def without(self, id):
        """Return the visitor without a deleted upload."""
        others = tuple(upload for upload in self.listed if upload.id != id)
        return replace(self, listed=others)

    def remembered_by(self, response, anew=False):
        """Return the response with the cookie, if it is missing or to be renewed."""
        if self.is_new or anew:
            listed = [(one.id.hex, one.class_name, one.is_sure) for one in self.listed]
            response.set_cookie(
                COOKIE,
                signing.dumps({"secret": self.secret, "listed": listed}, salt=SALT),
                max_age=KEPT_FOR,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def _owner(self, day):
        digest = hmac.digest(self.secret.encode(), day.isoformat().encode(), "sha256")
        return digest.hex()


def visitor_of(request):
    """Return the visitor behind a request, from its cookie."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return Visitor(secrets.token_hex(SECRET_BYTES), is_new=True)
    if isinstance(kept, dict):
        return Visitor(kept["secret"], _listed(kept["listed"]))
    return Visitor(secrets.token_hex(SECRET_BYTES), _listed(kept), is_new=True)


def is_fresh(id):
    """Tell whether an upload is recent enough for changes by its sender."""
    return timezone.now() - timeuuid.created_at(id) < KEPT_FOR


def _listed(kept):
    uploads = [ListedUpload(uuid.UUID(hex=id), *said) for id, *said in kept]
    return tuple(upload for upload in uploads if is_fresh(upload.id))
