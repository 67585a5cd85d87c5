"""People with a phone, and what their phones show."""

from django.contrib.auth.models import User
from django.test import override_settings
from django.urls import reverse
from django_otp.oath import TOTP

from classifier.two_factor import devices

PASSWORD = "secret"
KEY = "3132333435363738393031323334353637383930"  # of RFC 6238's test vectors
SET_UP = reverse("two_factor:set-up")
# Any page of the admin that needs no Cassandra.
PAGE = reverse("admin:password_change")

quick_passwords = override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
)


def shown(key=KEY, later=0):
    """Return the code that a phone shows, now or some steps of 30 s later."""
    totp = TOTP(bytes.fromhex(key), drift=later)
    return f"{totp.token():06}"


def wrong(key=KEY):
    """Return a code that the phone shows at no time near now."""
    near = {shown(key, later) for later in range(-2, 4)}
    return next(code for code in map("{:06}".format, range(9)) if code not in near)


def give_phone(user, key=KEY):
    """Turn the second step on, by the code of the step before; return the codes."""
    assert devices.turn_on(user, key, shown(key, -1))
    return devices.renew_recovery_codes(user)


def make_person(name="ann"):
    return User.objects.create_superuser(name, password=PASSWORD)


def sign_in(client, name="ann", query="", password=PASSWORD):
    """Send the first step's form."""
    form = {"username": name, "password": password}
    return client.post(f"{reverse('admin:login')}{query}", form)
