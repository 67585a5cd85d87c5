"""The choices in the admin's filters and forms."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import history
from ..exceptions import NetworkUnavailable
from ..networks import checkpoints

SOURCES = {
    "form": gettext_lazy("form"),
    "api": gettext_lazy("API"),
    "command": gettext_lazy("command"),
}


def class_names():
    """Return the class names of the served network, none without a network."""
    try:
        return checkpoints.served(is_verified=False).class_names
    except NetworkUnavailable:
        return ()


def classes():
    return [(name, _(name)) for name in class_names()]


def corrected_classes():
    return [*classes(), (history.NONE_OF_THESE, _("none of these"))]


def sources():
    return list(SOURCES.items())


def versions():
    return [(version, version) for version in reversed(checkpoints.versions())]


def yes_or_no():
    return [(True, _("Yes")), (False, _("No"))]


REVIEWS = {
    "none": {"is_corrected": False},
    "any": {"is_corrected": True},
    "confirmed": {"is_right": True},
    "corrected": {"is_right": False},
}
"""The conditions on an upload by what its review is."""


def review_name(upload):
    """Return the state of an upload's review in words."""
    return dict(reviews())[upload.review]


def reviews():
    return [
        ("none", _("Not reviewed")),
        ("any", _("Reviewed")),
        ("confirmed", _("Confirmed")),
        ("corrected", _("Corrected")),
    ]


KEYS = "123456789abcdefhilmopqrstvwyz"  # without the keys for move, tick and undo
NONE_KEY = "0"


def with_keys(class_names):
    """Return (key, class name) for each answer; nine have digits, the next letters."""
    keys = [*KEYS[: len(class_names)]]
    keys += [""] * (len(class_names) - len(keys))
    return [*zip(keys, class_names, strict=True), (NONE_KEY, history.NONE_OF_THESE)]
