"""The waiting uploads in the admin, read-only."""

from django.contrib import admin

from .models import WaitingUpload


@admin.register(WaitingUpload)
class WaitingUploadAdmin(admin.ModelAdmin):
    """Shows the spool, oldest first; only the drain removes records."""

    list_display = ("id", "spooled_at", "rejected_at", "rejection")
    fields = ("id", "spooled_at", "rejected_at", "rejection", "record")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
