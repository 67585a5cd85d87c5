"""What a list of uploads is narrowed to, and the CQL that says it."""

import datetime
from dataclasses import asdict, dataclass, fields

from .. import timeuuid

BEGINNING = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(5000, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each value given narrows the list; `since` is inclusive, `until` exclusive.

    Those two are aware times, so that a day may begin where the reader lives.
    """

    class_name: str | None = None
    is_sure: bool | None = None
    is_corrected: bool | None = None
    corrected_class_name: str | None = None
    network_version: str | None = None
    source: str | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None

    @property
    def indexed(self):
        """Return the values by column that an index inside a partition answers."""
        values = {field.name: getattr(self, field.name) for field in fields(self)[:-2]}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def low(self):
        """Return the id that every match is above."""
        return timeuuid.lower_bound(self.since or BEGINNING)

    @property
    def high(self):
        """Return the id that every match is below."""
        return timeuuid.lower_bound(self.until or END)

    def as_text(self):
        """Return the values given as text by name, for signing and for links."""
        given = {
            name: value for name, value in asdict(self).items() if value is not None
        }
        return {
            name: value.isoformat() if isinstance(value, datetime.datetime) else value
            for name, value in given.items()
        }
