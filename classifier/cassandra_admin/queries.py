"""What the admin asks of a store: conditions, one record, a page at a time."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """Some records, newest first, and where the pages beside them begin.

    A position is a JSON value that means something to the store alone; None says that
    there is no such page.
    """

    object_list: list = field(default_factory=list)
    older: Any = None
    newer: Any = None
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
        position = None
        while True:
            page = self.page(self.chunk_size, position)
            yield from page.object_list
            position = page.older
            if position is None:
                return

    def filter(self, **conditions):
        """Return the same query under further conditions."""
        return type(self)({**self.conditions, **conditions})

    def page(self, size, position=None):
        """Return the `KeysetPage` at a position, the newest without one."""
        raise NotImplementedError

    def get(self, pk):
        """Return the record of a key (text or value), None when there is none."""
        raise NotImplementedError
