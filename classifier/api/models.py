"""Tables of the API in the relational database: tokens and remembered calls."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Marks a leaked secret in a log or a repository as one of ours.
SECRET_START = "deewhy_"
PREFIX_LENGTH = 8
# Storing the exact time of each call would make every read a write.
LAST_USED_PRECISION = timedelta(minutes=1)


class Scope(models.TextChoices):
    """The permissions of a token."""

    CLASSIFY = "classify", _("classify pictures")
    READ = "uploads:read", _("list all uploads")
    DELETE = "uploads:delete", _("delete any upload")


# The admin permissions that the token's owner needs for each scope.
PERMISSIONS = {
    Scope.READ: "classifier.view_upload",
    Scope.DELETE: "classifier.delete_upload",
}


class TokenManager(models.Manager["Token"]):
    """Creates tokens and finds them by their secret."""

    def issue(self, **fields):
        """Return a new token and its secret, which is not stored."""
        token = self.model(**fields)
        secret = token.draw_secret()
        token.save()
        return token, secret

    def usable(self):
        """Return the tokens that are valid now."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            owner__is_active=True,
        )

    def authenticate(self, secret):
        """Return the usable token with this secret, or None."""
        prefix = secret.removeprefix(SECRET_START)[:PREFIX_LENGTH]
        token = self.usable().select_related("owner").filter(prefix=prefix).first()
        if token is None or not secrets.compare_digest(token.digest, digest(secret)):
            return None
        return token


class Token(models.Model):
    """A program's right to call the API; its secret is shown once and never stored."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("owner"),
        related_name="api_tokens",
        help_text=_("A token never has more permissions than its owner."),
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        help_text=_("The program that uses the token, and where it runs."),
    )
    prefix = models.CharField(
        _("prefix"), max_length=PREFIX_LENGTH, unique=True, editable=False
    )
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    calls_per_minute = models.PositiveIntegerField(
        _("calls per minute"),
        null=True,
        blank=True,
        help_text=_("Empty: the default from the settings."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = TokenManager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.name} ({SECRET_START}{self.prefix}…)"

    def draw_secret(self):
        """Draw a secret, keep its digest, and return it."""
        self.prefix = secrets.token_hex(PREFIX_LENGTH // 2)
        secret = f"{SECRET_START}{self.prefix}{secrets.token_urlsafe(32)}"
        self.digest = digest(secret)
        return secret

    def allows(self, scope):
        """Tell whether the token and its owner have the permissions of a scope."""
        if scope not in self.scopes:
            return False
        permission = PERMISSIONS.get(scope)
        return not permission or self.owner.is_staff and self.owner.has_perm(permission)

    def revoke(self):
        """End the token for good."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])

    def touch(self):
        """Record the last use, to the minute."""
        now = timezone.now()
        if not self.last_used_at or now - self.last_used_at > LAST_USED_PRECISION:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)


class RememberedCall(models.Model):
    """A call with an Idempotency-Key: its digest, the ids of its uploads, its answer.

    The ids are drawn before anything is kept, so that a call repeated after a crash
    writes the same uploads again instead of new ones.
    """

    key = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    upload_ids = models.JSONField()
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    leased_until = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self):
        return self.key


def digest(secret):
    """Return the digest of a secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
