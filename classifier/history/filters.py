"""The filters of a list of uploads, and their CQL."""

import datetime
from dataclasses import dataclass, fields

from .. import timeuuid

BEGINNING = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(5000, 1, 1, tzinfo=datetime.UTC)

INDEXED = (
    "class_name",
    "is_sure",
    "is_corrected",
    "is_right",
    "is_disputed",
    "corrected_class_name",
    "network_version",
    "source",
)
SEARCHED = ("sha256", "file_name", "name_start")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each given value narrows the list; `since` is inclusive, `until` exclusive.

    Both are aware times, so that a day may begin in the reader's time zone. File names
    match in any case; `name_start` is the beginning of one, of at least three
    characters. `is_corrected` selects reviewed uploads, `is_right` those whose
    review confirms the network's answer.
    """

    class_name: str | None = None
    is_sure: bool | None = None
    is_corrected: bool | None = None
    is_right: bool | None = None
    is_disputed: bool | None = None
    corrected_class_name: str | None = None
    network_version: str | None = None
    source: str | None = None
    sha256: str | None = None
    file_name: str | None = None
    name_start: str | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None

    @property
    def indexed(self):
        """Return the values by column that an index inside a partition covers."""
        return self._given(INDEXED)

    @property
    def searched(self):
        """Return the values by column that a look-up table covers."""
        return self._given(SEARCHED)

    @property
    def low(self):
        """Return the exclusive lower bound of matching ids."""
        return timeuuid.lower_bound(self.since or BEGINNING)

    @property
    def high(self):
        """Return the exclusive upper bound of matching ids."""
        return timeuuid.lower_bound(self.until or END)

    def as_text(self):
        """Return the given values as text by name, for signing and for links."""
        given = self._given(field.name for field in fields(self))
        return {
            name: value.isoformat() if isinstance(value, datetime.datetime) else value
            for name, value in given.items()
        }

    def _given(self, names):
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}
