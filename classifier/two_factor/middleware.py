"""A session is anonymous until both steps of its sign-in are done."""

from functools import partial

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject
from django_otp import DEVICE_ID_SESSION_KEY

from . import devices


class TwoFactorMiddleware:
    """Makes `request.user` anonymous everywhere until the code is verified.

    It runs after django-otp's middleware, which attaches the verified device.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = SimpleLazyObject(partial(_person, request, request.user))
        return self.get_response(request)


def _person(request, user):
    had_device = DEVICE_ID_SESSION_KEY in request.session  # before django-otp reads
    if not user.is_authenticated or user.is_verified():
        return user
    if had_device or devices.is_on(user) or devices.is_due(user):
        # The device was deleted, or the session is older than the device or the
        # setting.
        request.session.flush()
        return AnonymousUser()
    return user
