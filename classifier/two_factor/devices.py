"""A person's second factor: a phone's app, and recovery codes for when it is lost.

The tables are django-otp's, and so is what checks a code: it takes none twice, and asks
who tries wrong ones to wait, twice as long each time.
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
DIGITS = 6  # of a phone's code; recovery codes are longer


class Throttled(Exception):
    """No code is looked at for `wait_s` seconds, as too many wrong ones came."""

    def __init__(self, wait_s):
        super().__init__(f"No code is looked at for {wait_s:.0f} s.")
        self.wait_s = wait_s


def is_on(user):
    """Tell whether signing in asks a person for a code."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def is_due(user):
    """Tell whether a person may do nothing before setting it up."""
    return settings.ADMIN_TWO_FACTOR and user.is_staff and not is_on(user)


def verify(user, code):
    """Return the device that takes a code, which is then used up; None for a wrong one.

    Raises:
        Throttled: the code was not looked at.
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
    """Return a new secret for a phone, in hexadecimal."""
    return random_hex(20)


def phone(user, key):
    """Return the device with a secret, which is not kept yet."""
    return TOTPDevice(user=user, key=key, name="phone")


def turn_on(user, key, code):
    """Keep a phone that knows its first code and return it; None for a wrong code."""
    with transaction.atomic():
        # One phone at a time, whichever process has it.
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
    """Forget a person's phone and recovery codes; tell whether there were any."""
    with transaction.atomic():
        found = [
            model.objects.devices_for_user(user).delete()[0]
            for model in (TOTPDevice, StaticDevice)
        ]
        if any(found):
            _note(user, _("Two-step sign-in was turned off."))
        return any(found)


def renew_recovery_codes(user):
    """Return new recovery codes in place of the old ones."""
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        # The device stays: sessions that one of its codes opened name it.
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
    """Write in the history of a person's page in the admin what happened."""
    LogEntry.objects.log_actions(
        user.pk, [user], CHANGE, change_message=message, single_object=True
    )
