"""The application's configuration; importing it never imports TensorFlow."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassifierConfig(AppConfig):
    """Register the system checks."""

    name = "classifier"
    verbose_name = _("Classifier")

    def ready(self):
        from . import checks  # noqa: F401  registers them
