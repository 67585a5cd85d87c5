"""Who may call what: a bearer token with a scope, or anyone."""

from django.conf import settings
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from .errors import token_needed
from .models import Token
from .problems import Problem

ANYONE = "anyone"


class BearerToken(HttpBearer):
    """Ask for a token that is in use and, where a scope is named, allows it."""

    def __init__(self, scope=None):
        super().__init__()
        self.scope = scope

    def authenticate(self, request, secret):
        token = Token.objects.authenticate(secret)
        if token is None:
            raise token_needed(
                _("The token is unknown, has expired or was revoked."), "invalid_token"
            )
        if self.scope and not token.allows(self.scope):
            raise Problem("not-allowed", scope=self.scope)
        token.touch()
        request.api_token = token
        return token


def anyone(request):
    """Let in who has no token."""
    return ANYONE


def anyone_if_open(request):
    """Let in who has no token, where the service is open to all."""
    return settings.API_OPEN and ANYONE
