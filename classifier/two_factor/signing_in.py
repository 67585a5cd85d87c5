"""A sign-in between its two steps: the session remembers the user of the password.

It stays anonymous until the second step; only these pages call `person()`.
"""

import time

import django_otp
from django.contrib import auth
from django.utils.crypto import constant_time_compare

KEY = "signing_in"
PATIENCE_S = 600


def begin(request, user):
    """Remember the user with the right password, in a fresh session."""
    request.session.flush()
    request.session[KEY] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "until": time.time() + PATIENCE_S,
    }


def person(request):
    """Return the user after the right password, within minutes, or None."""
    begun = request.session.get(KEY)
    if not begun or begun["until"] < time.time():
        return None
    users = auth.get_user_model().objects
    user = users.filter(pk=begun["user"], is_active=True).first()
    if not user or not constant_time_compare(
        begun["hash"], user.get_session_auth_hash()
    ):
        return None
    user.backend = begun["backend"]
    return user


def complete(request, user, device):
    """Sign a user in, or continue the session, with a verified device."""
    if request.user.is_authenticated:
        django_otp.login(request, device)
        request.session.cycle_key()
        return
    del request.session[KEY]
    user.otp_device = device  # django-otp stores it in the session
    auth.login(request, user)
