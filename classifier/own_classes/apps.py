from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OwnClassesConfig(AppConfig):
    name = "classifier.own_classes"
    label = "own_classes"
    verbose_name = _("Own classes")
