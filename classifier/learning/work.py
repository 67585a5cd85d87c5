"""The work of jobs; `jobs.tasks` names these functions by their paths."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext

from ..networks import checkpoints
from . import from_history as history_learning
from .reviewed import Selection


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job has made."""

    message: str
    version: str


def from_history(parameters, by, say):
    """Learn the head of the served network again, with reviewed uploads.

    Args:
        parameters: "since" (ISO 8601 or None), "only_confirmed" and "most".
        by: who asked for it.
        say: called with messages about the progress.
    """
    since = parameters["since"]
    selection = Selection(
        since=since and parse_datetime(since),
        is_confirmed=parameters["only_confirmed"],
        most=parameters["most"],
    )
    made = history_learning.make(checkpoints.served(), selection, say, by)
    count = made.card["photograph"]["history"]["uploads"]
    message = ngettext(
        "Learned from %(n)d reviewed upload.",
        "Learned from %(n)d reviewed uploads.",
        count,
    )
    return Outcome(message % {"n": count}, made.version)
