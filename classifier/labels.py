"""The class names of Fashion-MNIST, in label order.

Source: Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747), table 2.
"""

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
