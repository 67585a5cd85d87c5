"""A Django app of its own: its tables are relational, unlike the classifier's."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpoolConfig(AppConfig):
    """The records that wait for Cassandra."""

    name = "classifier.spool"
    label = "spool"
    verbose_name = _("Spool")
