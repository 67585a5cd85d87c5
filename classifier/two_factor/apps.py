"""A Django app of its own: pages over django-otp's tables, which are relational."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TwoFactorConfig(AppConfig):
    """The second step of a sign-in."""

    name = "classifier.two_factor"
    label = "two_factor"
    verbose_name = _("Two-step sign-in")
