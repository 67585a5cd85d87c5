"""What a visitor without an account may do: see and delete what this browser sent.

A signed cookie holds a secret that was drawn before the first upload, so that any
number of pictures and tabs share it. Each upload is kept under an owner's name that
only the secret makes, another one each day: the tables do not tell which uploads of
different days came from one browser.
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
# The clock of the process that drew an id may be ahead, around midnight.
DAYS = range(-1, KEPT_FOR.days + 1)


@dataclass(frozen=True, slots=True)
class ListedUpload:
    """An upload that an older cookie names itself."""

    id: uuid.UUID
    class_name: str
    is_sure: bool = True  # the oldest cookies do not tell


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, by the secret in its cookie; new where it sent none."""

    secret: str
    listed: tuple[ListedUpload, ...] = ()
    is_new: bool = False

    def owner_of(self, id):
        """Return the name under which an upload of this browser is kept."""
        return self._owner(timeuuid.day_of(id))

    def owns(self, id):
        """Tell whether this browser sent an upload, and lately enough to change it.

        Raises:
            HistoryUnavailable: Cassandra is away, and the upload is not in the spool.
        """
        if id.version != 1 or not is_fresh(id):
            return False
        if any(upload.id == id for upload in self.listed):
            return True
        return not self.is_new and records.owns(self.owner_of(id), id)

    def uploads(self, kept=()):
        """Return what this browser sent in the last days, newest first.

        While Cassandra is away those that wait in the spool, and those `kept` just now.
        """
        today = timezone.now().date()
        owners = [self._owner(today - datetime.timedelta(day)) for day in DAYS]
        found = [] if self.is_new and not kept else records.of_owners(owners)
        uploads = {one.id: one for one in (*self.listed, *found, *kept)}
        newest_first = sorted(uploads, key=timeuuid.order, reverse=True)
        return [uploads[id] for id in newest_first if is_fresh(id)]

    def without(self, id):
        """Return the visitor without an upload that was deleted."""
        others = tuple(upload for upload in self.listed if upload.id != id)
        return replace(self, listed=others)

    def remembered_by(self, response, anew=False):
        """Return the response with the cookie, where it has none or is to last anew."""
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
    """Return the visitor that a request's cookie tells."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return Visitor(secrets.token_hex(SECRET_BYTES), is_new=True)
    if isinstance(kept, dict):
        return Visitor(kept["secret"], _listed(kept["listed"]))
    return Visitor(secrets.token_hex(SECRET_BYTES), _listed(kept), is_new=True)


def is_fresh(id):
    """Tell whether an upload came so lately that its sender may change it."""
    return timezone.now() - timeuuid.created_at(id) < KEPT_FOR


def _listed(kept):
    uploads = [ListedUpload(uuid.UUID(hex=id), *said) for id, *said in kept]
    return tuple(upload for upload in uploads if is_fresh(upload.id))
