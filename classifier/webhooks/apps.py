"""A Django app of its own: its table is relational, unlike the classifier's."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """The messages that wait to be sent."""

    name = "classifier.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self):
        from .. import uploads
        from . import checks  # noqa: F401  registers them
        from .models import announce, drop, drop_aged

        uploads.received.connect(announce)
        uploads.deleted.connect(drop)
        uploads.aged.connect(drop_aged)
