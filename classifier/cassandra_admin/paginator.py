"""Pages that are found by a signed cursor instead of a number."""

from datetime import timedelta

from django.core import signing
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from .exceptions import InvalidLookup


class KeysetPaginator:
    """Cut a query into pages; the cost of one does not depend on how many there are."""

    cursor_max_age = timedelta(days=30)

    def __init__(self, query, per_page):
        self.query = query
        self.per_page = per_page

    def page(self, cursor=""):
        """Return the page that a cursor leads to, the newest for an empty one."""
        position = self.position(cursor) if cursor else None
        return self.query.page(self.per_page, position)

    def cursor(self, position):
        """Return a position as signed text that fits into an address."""
        return position and signing.dumps(position, salt=self.salt, compress=True)

    def position(self, cursor):
        """Return what `cursor()` signed, for these conditions and not too long ago."""
        try:
            return signing.loads(cursor, salt=self.salt, max_age=self.cursor_max_age)
        except signing.SignatureExpired as error:
            raise InvalidLookup(
                _("This link into the list is too old. Start again from the newest.")
            ) from error
        except signing.BadSignature as error:
            raise InvalidLookup(
                _(
                    "This link into the list was changed on its way, or belongs to "
                    "other filters. Start again from the newest."
                )
            ) from error

    @cached_property
    def salt(self):
        # Under other conditions a position would skip records without a word.
        label = self.query.model._meta.label_lower
        return f"{label}:{sorted(self.query.conditions.items())!r}"
