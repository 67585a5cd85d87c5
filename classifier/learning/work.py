"""The work of jobs; `jobs.tasks` names these functions by their paths."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import pictures
from ..exceptions import DatasetUnavailable
from ..networks import checkpoints
from ..own_classes import readiness
from ..own_classes.models import ClassSet
from ..training.folders import LabelledPicture
from ..training.photographs.training import PhotographTraining
from ..training.release import release
from . import from_history as history_learning
from . import promotion
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


def own_classes(parameters, by, say):
    """Learn the classes of a set on the backbone of the served network.

    Args:
        parameters: "set", the number of the ClassSet.
        by: who asked for it.
        say: called with messages about the progress.
    """
    class_set = ClassSet.objects.filter(pk=parameters["set"]).first()
    if class_set is None:
        raise DatasetUnavailable(_("The set of classes was deleted."))
    if problem := readiness.problem(class_set):
        raise DatasetUnavailable(problem)
    before = promotion.served_or_none(is_verified=True)
    training = PhotographTraining(before, report=say)
    held = class_set.pictures.select_related("own_class")
    found = [
        LabelledPicture(pictures.path(each.stored_name), each.own_class.name)
        for each in held
    ]
    say(_("Looking at %(count)d pictures") % {"count": len(found)})
    names, part = training.of_pictures(found, class_set.name)
    for file in training.skipped:
        say(f"{file.path.name}: {file.reason}")
    described = class_set.classes.filter(name__in=names).exclude(description="")
    about = dict(described.values_list("name", "description"))
    say(_("Writing the checkpoint"))
    command = f"admin: own classes, {class_set.name}"
    made = release({"photograph": part}, names, command, by, about)
    message = _("Learned %(classes)d classes from %(pictures)d pictures.")
    used = len(found) - len(training.skipped)
    return Outcome(message % {"classes": len(names), "pictures": used}, made.version)
