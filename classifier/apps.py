"""The application's configuration; importing it never imports TensorFlow."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ClassifierConfig(AppConfig):
    """Registers the system checks and the receivers of `migrate`."""

    name = "classifier"
    verbose_name = _("Classifier")

    def ready(self):
        from . import checks  # noqa: F401  checks registers them
        from .groups import make_groups
        from .pictures import multipart, quiet  # noqa: F401  checks registers them

        multipart.install()
        quiet.silence_libraries()
        post_migrate.connect(make_groups, sender=self)
