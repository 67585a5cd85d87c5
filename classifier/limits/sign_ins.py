"""Limits on password guesses for a name, over all addresses.

An attacker who uses them up locks out only browsers that have never signed in by that
name. A known browser has a signed cookie, and a limit of its own (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies").
"""

import secrets

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.utils.crypto import salted_hmac

from .models import Usage
from .rates import charge, seconds_to_wait

COOKIE = "known-browser"
SALT = "classifier.limits.sign_ins"
KEPT_FOR_S = 180 * 24 * 3600
MOST_NAMES = 5
WINDOW_S = 3600
COUNTS = "sign-in-"


class NameCountingHandler(AxesDatabaseHandler):
    """Counts wrong passwords as axes does, and also per name over all addresses."""

    def is_locked(self, request, credentials=None):
        is_locked = super().is_locked(request, credentials)
        return is_locked or self.is_used_up(request, credentials)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        super().user_login_failed(sender, credentials, request, **kwargs)
        if self.is_used_up(request, credentials):
            request.axes_locked_out = True
        elif count := _count(request, credentials):
            charge(count, settings.SIGN_IN_FAILURES_PER_HOUR, WINDOW_S)

    def user_logged_in(self, sender, request, user, **kwargs):
        super().user_logged_in(sender, request, user, **kwargs)
        request.signed_in_name = user.get_username()

    def reset_attempts(self, **which):
        reset = super().reset_attempts(**which)
        if not any(which.values()):  # a reset for everybody
            reset += Usage.objects.filter(caller__startswith=COUNTS).delete()[0]
        elif name := which.get("username"):
            Usage.objects.filter(caller=_key(name)).delete()
        return reset

    def is_used_up(self, request, credentials):
        count = _count(request, credentials)
        rate = settings.SIGN_IN_FAILURES_PER_HOUR
        return bool(count and seconds_to_wait(count, rate, WINDOW_S))


class KnownBrowserMiddleware:
    """Gives a browser the cookie after a complete sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if name := getattr(request, "signed_in_name", None):
            browser, names = _known(request)
            names = [_key(name), *(each for each in names if each != _key(name))]
            response.set_cookie(
                COOKIE,
                signing.dumps([browser, names[:MOST_NAMES]], salt=SALT),
                max_age=KEPT_FOR_S,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _count(request, credentials):
    """Return the key of a guess: its name, or the browser that knows the name."""
    name = request and get_client_username(request, credentials)
    if not name:
        return None
    browser, names = _known(request)
    return _key(name, browser) if _key(name) in names else _key(name)


def _known(request):
    """Return a browser's id, and the keys of the names it signed in by."""
    try:
        text = request.COOKIES.get(COOKIE, "")
        return signing.loads(text, salt=SALT, max_age=KEPT_FOR_S)
    except signing.BadSignature:
        return secrets.token_urlsafe(12), []


def _key(name, browser=""):
    name = AbstractBaseUser.normalize_username(name)
    digest = salted_hmac(SALT, f"{browser}\0{name}", algorithm="sha256")
    return f"{COUNTS}{digest.hexdigest()}"
