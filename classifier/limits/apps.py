from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """Counts what each caller has used, over all processes."""

    name = "classifier.limits"
    default_auto_field = "django.db.models.BigAutoField"
