"""A user's second factor: an authenticator app, and recovery codes for its loss.

django-otp owns the tables and the verification: it accepts no code twice, and doubles
the waiting time after each wrong one.
"""

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

RECOVERY_CODES = 10
DIGITS = 6  # the app's codes; recovery codes are longer


class Throttled(Exception):
    """Codes are ignored for `wait_s` seconds after too many wrong ones."""

    def __init__(self, wait_s):
        super().__init__(f"No code is looked at for {wait_s:.0f} s.")
        self.wait_s = wait_s


def is_on(user):
    """Tell whether a user signs in with a code."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def is_due(user):
    """Tell whether a user has to set up the second factor first."""
    return settings.ADMIN_TWO_FACTOR and user.is_staff and not is_on(user)


def verify(user, code):
    """Return the device that accepts a code and uses it up; None for a wrong code.

    Raises:
        Throttled: the code was not checked.
    """
    model = TOTPDevice if len(code) == DIGITS else StaticDevice
    with transaction.atomic():
        devices = model.objects.devices_for_user(user, confirmed=True)
        device = devices.select_for_update().first()
        if device is None:
            return None
        is_allowed, why_not = device.verify_is_allowed()
        if not is_allowed:
            wait = why_not["locked_until"] - timezone.now()
            raise Throttled(wait.total_seconds())
        return device if device.verify_token(code) else None


def draw_key():
    """Return a new secret for an app, in hexadecimal."""
    return random_hex(20)


def phone(user, key):
    """Return an unsaved device with a secret."""
    return TOTPDevice(user=user, key=key, name="phone")


def turn_on(user, key, code):
    """Save a phone after its first right code and return it; None for a wrong code."""
    with transaction.atomic():
        # The lock keeps a user to one phone across processes.
        get_user_model().objects.select_for_update().get(pk=user.pk)
        if is_on(user):
            return None
        device = phone(user, key)
        device.save()
        if not device.verify_token(code):
            device.delete()
            return None
        _note(user, _("Two-step sign-in was turned on."))
        return device


def turn_off(user):
    """Delete a user's phone and recovery codes; tell whether there were any."""
    with transaction.atomic():
        found = [
            model.objects.devices_for_user(user).delete()[0]
            for model in (TOTPDevice, StaticDevice)
        ]
        if any(found):
            _note(user, _("Two-step sign-in was turned off."))
        return any(found)


def renew_recovery_codes(user):
    """Replace a user's recovery codes and return the new ones."""
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        # The device stays, because sessions opened by one of its codes refer to it.
        device, _made = StaticDevice.objects.get_or_create(
            user=user, defaults={"name": "recovery codes"}
        )
        device.token_set.all().delete()
        device.token_set.bulk_create(
            StaticToken(device=device, token=code) for code in codes
        )
        _note(user, _("Recovery codes were made."))
    return codes


def recovery_codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


def _note(user, message):
    """Record an event in the admin's history of a user."""
    LogEntry.objects.log_actions(
        user.pk, [user], CHANGE, change_message=message, single_object=True
    )
