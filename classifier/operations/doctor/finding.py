"""One result of an examination."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the service, what was seen of it, and the cure if it is ill.

    One that is well may come with advice.
    """

    part: str
    said: str
    cure: str = ""
    advice: str = ""

    @property
    def is_well(self):
        return not self.cure
