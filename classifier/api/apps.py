"""A Django app of its own: its tables are relational, unlike the classifier's."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The API with its tokens, rate limits and remembered calls."""

    name = "classifier.api"
    label = "api"
    verbose_name = _("API")

    def ready(self):
        from .. import uploads
        from .idempotency import forget_aged, forget_uploads

        uploads.deleted.connect(forget_uploads)
        uploads.aged.connect(forget_aged)
