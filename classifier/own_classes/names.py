"""The names of own classes: in any script, told apart without case and punctuation."""

import unicodedata

from django.utils.translation import gettext as _

from ..labels import NONE_FOLDER, plain
from .models import LONGEST_DESCRIPTION, LONGEST_NAME

MOST_CLASSES = 200


class Refused(ValueError):
    """What cannot be added; the message is a sentence with the reason."""


def cleaned(text):
    """Return a text in one line, composed, without invisible characters."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())


def check(name, others):
    """Return a class's name as it is kept.

    Args:
        name: as it was typed, or the name of a folder.
        others: the OwnClasses that it must not be mistaken for.

    Raises:
        Refused
    """
    name = cleaned(name)
    if not name:
        raise Refused(_("Give the class a name."))
    if len(name) > LONGEST_NAME:
        message = _(
            "A name has at most %(most)d characters, “%(name)s…” has %(count)d."
        )
        raise Refused(
            message % {"most": LONGEST_NAME, "count": len(name), "name": name[:20]}
        )
    known = plain(name)
    if not known:
        raise Refused(_("“%(name)s” has no letter and no digit.") % {"name": name})
    if known.startswith(NONE_FOLDER) and known != NONE_FOLDER and "/" in name:
        raise Refused(_("Pictures of none of the classes go into one class, “none”."))
    for other in others:
        if other.plain_name == known:
            message = _(
                "“%(name)s” and “%(other)s” differ at most in case and punctuation."
            )
            raise Refused(message % {"name": name, "other": other.name})
    return name


def check_description(text):
    """Return a description in one line; raise Refused if it is too long."""
    text = cleaned(text)
    if len(text) > LONGEST_DESCRIPTION:
        message = _(
            "A description has at most %(most)d characters, this one %(count)d."
        )
        raise Refused(message % {"most": LONGEST_DESCRIPTION, "count": len(text)})
    return text
