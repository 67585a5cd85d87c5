"""Webhook messages in the admin: waiting and failed ones, and an action to resend."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Read-only, except for the action to send again."""

    list_display = ["upload_id", "created_at", "attempts", "next_attempt_at", "reason"]
    list_filter = [("next_attempt_at", admin.EmptyFieldListFilter)]
    search_fields = ["upload_id"]
    actions = ["send_again"]
    readonly_fields = [field.name for field in Message._meta.fields]

    def has_add_permission(self, request):
        return False

    @admin.action(
        description=_("Send the selected messages again"), permissions=["change"]
    )
    def send_again(self, request, queryset):
        queryset.update(attempts=0, next_attempt_at=timezone.now())
        self.message_user(request, _("They are sent now."), messages.SUCCESS)
