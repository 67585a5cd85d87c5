"""The class names of Fashion-MNIST, how people say them, and the folders beside them.

Source: Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747), table 2. Records and the API
keep these names; the visitor's pages say them as people do, other names as they are.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

CLASS_NAMES = (
    _("T-shirt/top"),
    _("Trouser"),
    _("Pullover"),
    _("Dress"),
    _("Coat"),
    _("Sandal"),
    _("Shirt"),
    _("Sneaker"),
    _("Bag"),
    _("Ankle boot"),
)

NONE_FOLDER = "none"
"""The folder of pictures that show none of the classes."""
UNREVIEWED_FOLDER = "unreviewed"
"""The folder of an export whose pictures nobody has looked at."""


class Spoken(NamedTuple):
    """A class in words: by itself, in a sentence with its article, and without."""

    title: str
    with_article: str
    bare: str


SPOKEN = {
    "T-shirt/top": Spoken(_("Top"), _("a top"), _("top")),
    "Trouser": Spoken(_("Trousers"), _("trousers"), _("trousers")),
    "Pullover": Spoken(_("Pullover"), _("a pullover"), _("pullover")),
    "Dress": Spoken(_("Dress"), _("a dress"), _("dress")),
    "Coat": Spoken(_("Coat"), _("a coat"), _("coat")),
    "Sandal": Spoken(_("Sandal"), _("a sandal"), _("sandal")),
    "Shirt": Spoken(_("Shirt"), _("a shirt"), _("shirt")),
    "Sneaker": Spoken(_("Sneaker"), _("a sneaker"), _("sneaker")),
    "Bag": Spoken(_("Bag"), _("a bag"), _("bag")),
    "Ankle boot": Spoken(_("Ankle boot"), _("an ankle boot"), _("ankle boot")),
}


def spoken(class_name):
    """Return the Spoken form of a class name, in the active language."""
    return _spoken(class_name, get_language())


@lru_cache(maxsize=512)  # a page says thirty
def _spoken(class_name, language):
    words = SPOKEN.get(class_name, Spoken(class_name, class_name, class_name))
    return Spoken(*(gettext(each) if each else "" for each in words))


def plain(name):
    """Return a name without case and punctuation: T-shirt/top is tshirttop.

    Letters, digits and the marks that belong to letters stay, in every script.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in folded if unicodedata.category(each)[0] in "LMN")
