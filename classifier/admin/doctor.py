"""The report of `manage.py doctor` as a page for superusers."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..operations.doctor import examine


def doctor(request):
    """Examine every part now, and name the cure of each fault."""
    if not request.user.is_superuser:
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("State of the service"),
        "findings": list(examine(request)),
    }
    return render(request, "admin/doctor.html", context)
