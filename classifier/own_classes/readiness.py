"""Whether a set can be learned from."""

from django.db.models import Count
from django.utils.translation import gettext as _

from ..labels import NONE_FOLDER

LEAST_CLASSES = 2
LEAST_PICTURES = 5


def counted(class_set):
    """Return the classes of a set, each with its `count` of pictures."""
    return class_set.classes.annotate(count=Count("pictures"))


def problem(class_set):
    """Return the obstacle to learning as a sentence, "" if there is none."""
    known = [each for each in counted(class_set) if each.plain_name != NONE_FOLDER]
    if len(known) < LEAST_CLASSES:
        message = _(
            "A network tells at least %(least)d classes apart; this set has %(n)d."
        )
        return message % {"least": LEAST_CLASSES, "n": len(known)}
    few = [each for each in known if each.count < LEAST_PICTURES]
    if few:
        message = _(
            "Each class needs at least %(least)d pictures; too few has: %(few)s."
        )
        said = ", ".join(f"{each.name} ({each.count})" for each in few)
        return message % {"least": LEAST_PICTURES, "few": said}
    return ""
