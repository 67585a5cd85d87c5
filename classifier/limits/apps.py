from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """Counts the usage of each caller over all processes."""

    name = "classifier.limits"
    default_auto_field = "django.db.models.BigAutoField"
