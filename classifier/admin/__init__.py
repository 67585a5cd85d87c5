"""The uploads in Django's admin; the layer below it is `cassandra_admin`."""

from django.contrib import admin
from django.utils.translation import gettext_noop as _

from ..own_classes.models import forget_uploads
from ..uploads import aged, deleted
from .accounts import GroupAdmin, UserAdmin
from .jobs import JobAdmin
from .log import forget_aged_names, forget_names
from .networks import NetworkAdmin
from .own_classes import ClassSetAdmin
from .uploads import UploadAdmin

admin.site.site_header = admin.site.site_title = "deewhy"

deleted.connect(forget_names)
aged.connect(forget_aged_names)
deleted.connect(forget_uploads)

__all__ = [
    "ClassSetAdmin",
    "GroupAdmin",
    "JobAdmin",
    "NetworkAdmin",
    "UploadAdmin",
    "UserAdmin",
]

# Django's own pages use these, and its Chinese translation lacks them.
_("Add link")
_("Change or view list link")
_("Model name")
