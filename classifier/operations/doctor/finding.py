"""One result of an examination."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one part of the service, with the cure of a fault.

    A healthy part may come with advice.
    """

    part: str
    said: str
    cure: str = ""
    advice: str = ""

    @property
    def is_well(self):
        return not self.cure
