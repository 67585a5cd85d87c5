"""What the admin asks of a store: conditions, one record, a page at a time."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """Some records, newest first, and the cursors of the pages beside them.

    A cursor is text that means something to the store alone; None says that there is
    no such page.
    """

    object_list: list = field(default_factory=list)
    older: str | None = None
    newer: str | None = None
    looked_back_to: date | None = None  # where the search for rare records stopped


class KeysetQuery:
    """Records under some conditions, read when asked for; a subclass knows the store.

    It stands where the admin expects a queryset, so that Django's `SimpleListFilter`,
    actions and selections work on it unchanged.
    """

    model: Any = None
    chunk_size = 500

    def __init__(self, conditions=None):
        self.conditions = conditions or {}

    def __iter__(self):
        if "pk__in" in self.conditions:
            found = (self.get(pk) for pk in self.conditions["pk__in"])
            yield from (record for record in found if record is not None)
            return
        cursor = None
        while True:
            page = self.page(self.chunk_size, cursor)
            yield from page.object_list
            cursor = page.older
            if cursor is None:
                return

    def filter(self, **conditions):
        """Return the same query under further conditions."""
        return type(self)({**self.conditions, **conditions})

    def page(self, size, cursor=None):
        """Return the `KeysetPage` that a cursor leads to, the newest without one.

        The cursor comes from an address, so the store signs it, together with the
        conditions: under others it would skip records without a word.

        Raises:
            InvalidLookup: the cursor is forged, too old or of other conditions.
        """
        raise NotImplementedError

    def get(self, pk):
        """Return the record of a key (text or value), None when there is none."""
        raise NotImplementedError
