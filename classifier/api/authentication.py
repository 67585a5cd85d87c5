"""Authentication of calls: a bearer token with a scope, or anonymous access."""

from django.conf import settings
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from .errors import token_needed
from .models import Token
from .problems import Problem

ANYONE = "anyone"


class BearerToken(HttpBearer):
    """Require a usable token and, if a scope is named, its permission."""

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
    """Admit callers without a token."""
    return ANYONE


def anyone_if_open(request):
    """Admit callers without a token if the service is open to all."""
    return settings.API_OPEN and ANYONE
