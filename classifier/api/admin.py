"""API tokens in the admin: created, shown once, revoked."""

from django import forms
from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from .models import SECRET_START, Scope, Token


class TokenForm(forms.ModelForm):
    """A token, with a checkbox for each scope."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope.choices,
        initial=[Scope.CLASSIFY],
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    """Staff with the permission create their own tokens; a secret shows only once."""

    form = TokenForm
    list_display = [
        "name",
        "start",
        "owner",
        "scope_list",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "owner"]
    list_select_related = ["owner"]
    search_fields = ["name", "prefix"]
    actions = ["revoke"]
    fields = ["name", "scopes", "calls_per_minute", "expires_at"]
    readonly_fields = ["start", "owner", "created_at", "last_used_at", "revoked_at"]

    def get_fields(self, request, obj=None):
        return [*self.fields, *self.readonly_fields] if obj else self.fields

    @admin.display(description=_("begins with"), ordering="prefix")
    def start(self, token):
        return f"{SECRET_START}{token.prefix}…"

    @admin.display(description=_("scopes"))
    def scope_list(self, token):
        return ", ".join(token.scopes)

    @admin.action(description=_("Revoke the selected tokens"), permissions=["change"])
    def revoke(self, request, tokens):
        for token in tokens.filter(revoked_at=None):
            token.revoke()
            self.log_change(request, token, _("Revoked."))
        self.message_user(request, _("They no longer give access."), messages.SUCCESS)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.owner = request.user
            obj.shown_secret = obj.draw_secret()
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """Show the secret in this response only; the admin's pages are never cached."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The token was created"),
            "token": obj,
            "secret": obj.shown_secret,
        }
        return TemplateResponse(request, "admin/api/token/made.html", context)
