"""The admin's interface to a store: conditions, single records, keyset pages."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

DAYS = {"since", "until"}
"""The conditions of `DayFilter`."""


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """Some records, newest first, and the cursors of the neighbouring pages.

    Only the store interprets a cursor; None means that there is no such page.
    """

    object_list: list = field(default_factory=list)
    older: str | None = None
    newer: str | None = None
    looked_back_to: date | None = None  # where a search paused


class Selection(list):
    """The selected records, with the interface of a queryset that actions expect."""

    def __init__(self, records, model):
        super().__init__(records)
        self.model = model
        self.verbose_name = model._meta.verbose_name
        self.verbose_name_plural = model._meta.verbose_name_plural


class KeysetQuery:
    """Records under some conditions, read on demand; subclasses implement the store.

    It takes the place of a queryset in the admin, so that Django's `SimpleListFilter`
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
        """Return the query with further conditions, or the `Selection` of keys."""
        if "pk__in" in conditions:
            found = map(self.get, conditions["pk__in"])
            return Selection(filter(None, found), self.model)
        return type(self)({**self.conditions, **conditions})

    @property
    def has_days(self):
        """Tell whether the records of some days alone are asked for."""
        return bool(DAYS & self.conditions.keys())

    def without_days(self):
        """Return the query without the condition on days."""
        kept = {k: v for k, v in self.conditions.items() if k not in DAYS}
        return type(self)(kept)

    def page(self, size, cursor=None, before=None):
        """Return the `KeysetPage` at a cursor, the newest page without one.

        Without a cursor, the page begins at `before` (an aware time). Cursors come from
        addresses, so the store signs them together with the conditions: under other
        conditions a cursor would skip records silently.

        Raises:
            InvalidLookup: the cursor is forged, too old or of other conditions.
        """
        raise NotImplementedError

    def get(self, pk):
        """Return the record with a key (text or value), or None."""
        raise NotImplementedError
