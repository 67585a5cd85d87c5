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


class Selection(list):
    """The records that were ticked, as actions expect them: a queryset of a kind."""

    def __init__(self, records, model):
        super().__init__(records)
        self.model = model
        self.verbose_name = model._meta.verbose_name
        self.verbose_name_plural = model._meta.verbose_name_plural


class KeysetQuery:
    """Records under some conditions, read when asked for; a subclass knows the store.

    It stands where the admin expects a queryset, so that Django's `SimpleListFilter`
    and actions work on it unchanged.
    """

    model: Any = None
    chunk_size = 500

    def __init__(self, conditions=None):
        self.conditions = conditions or {}

    def __iter__(self):
        cursor = None
        while True:
            page = self.page(self.chunk_size, cursor)
            yield from page.object_list
            cursor = page.older
            if cursor is None:
                return

    def filter(self, **conditions):
        """Return the query under further conditions too, or the `Selection` of keys."""
        if "pk__in" in conditions:
            found = map(self.get, conditions["pk__in"])
            return Selection(filter(None, found), self.model)
        return type(self)({**self.conditions, **conditions})

    def page(self, size, cursor=None, before=None):
        """Return the `KeysetPage` that a cursor leads to, the newest without one.

        Without a cursor, `before` (an aware time) makes the page begin there. A cursor
        comes from an address, so the store signs it, together with the conditions:
        under others it would skip records without a word.

        Raises:
            InvalidLookup: the cursor is forged, too old or of other conditions.
        """
        raise NotImplementedError

    def get(self, pk):
        """Return the record of a key (text or value), None when there is none."""
        raise NotImplementedError
