"""System checks of the two settings."""

from django.conf import settings
from django.core.checks import Error, register

from .signing import InvalidSecret, check_secret


@register
def check_settings(app_configs, **kwargs):
    """Report a wrong setting before the first message would fail."""
    if not settings.WEBHOOK_URL:
        return []
    errors = []
    if not settings.WEBHOOK_URL.startswith(("https://", "http://")):
        errors.append(
            Error(
                f"WEBHOOK_URL is no address of HTTP: {settings.WEBHOOK_URL}.",
                hint="Set it to an address that begins with https://.",
                id="webhooks.E001",
            )
        )
    try:
        check_secret(settings.WEBHOOK_SECRET)
    except InvalidSecret as error:
        errors.append(Error(str(error), hint=error.hint, id="webhooks.E002"))
    return errors
