"""The history as a `KeysetQuery` for the admin."""

import uuid

from .. import history
from ..cassandra_admin.exceptions import InvalidLookup
from ..cassandra_admin.queries import KeysetPage, KeysetQuery
from ..exceptions import InvalidCursor
from ..models import Upload
from .choices import REVIEWS


class UploadQuery(KeysetQuery):
    """Uploads, newest first; the conditions are the fields of `history.Filters`.

    An `id` finds one upload regardless of the filters; a `review` stands for several
    fields.
    """

    model = Upload

    @property
    def filters(self):
        known = {name: v for name, v in self.conditions.items() if name != "id"}
        if review := known.pop("review", None):
            known |= REVIEWS[review]
        return history.Filters(**known)

    def page(self, size, cursor=None, before=None):
        if "id" in self.conditions:
            found = self.get(self.conditions["id"])
            return KeysetPage([found] if found else [])
        try:
            page = history.page(self.filters, cursor=cursor, before=before, size=size)
        except InvalidCursor as error:
            raise InvalidLookup(error) from error
        return KeysetPage(
            page.rows,
            older=page.next_cursor,
            newer=page.previous_cursor,
            looked_back_to=page.looked_back_to,
        )

    def get(self, pk):
        try:
            return history.get(uuid.UUID(str(pk)))
        except ValueError:
            return None  # no id at all, so nobody's
