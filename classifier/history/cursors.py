"""Cursors: a position in a list as a signed, opaque token."""

import datetime
import uuid
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext_lazy as _

from ..exceptions import InvalidCursor

SALT = "classifier.history.cursor"
MAX_AGE = datetime.timedelta(days=7)

NEXT = "next"
PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The start of a page: just beyond an id, in one direction, for some filters."""

    direction: str
    id: uuid.UUID

    def token(self, filters):
        """Return the signed text for `read` with the same filters."""
        place = [self.direction, self.id.hex, filters.as_text()]
        return signing.dumps(place, salt=SALT, compress=True)


def read(token, filters):
    """Return the cursor in a token.

    Raises:
        InvalidCursor: forged, too old, or made for a list with other filters.
    """
    try:
        direction, id, made_for = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise InvalidCursor(
            _("This page's address is too old. Start from the newest upload.")
        ) from error
    except signing.BadSignature as error:
        raise InvalidCursor(
            _("This page's address is damaged. Start from the newest upload.")
        ) from error
    if made_for != filters.as_text():
        raise InvalidCursor(
            _("This page belongs to other filters. Start from the newest upload.")
        )
    return Cursor(direction, uuid.UUID(hex=id))
