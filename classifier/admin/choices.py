"""What filters and forms of the admin offer to choose from."""

from functools import cache

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
    """Return the names that the served network knows, none while there is none."""
    try:
        return _served_class_names()
    except NetworkUnavailable:
        return ()


@cache
def _served_class_names():
    return checkpoints.served().class_names


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


def with_keys(class_names):
    """Return (key, class name) for each answer; the first ten have a digit."""
    keys = [*"0123456789"[: len(class_names)]]
    keys += [""] * (len(class_names) - len(keys))
    return [*zip(keys, class_names, strict=True), ("n", history.NONE_OF_THESE)]
