"""The uploads in Django's admin; the layer below it is `cassandra_admin`."""

from django.contrib import admin

from .uploads import UploadAdmin

admin.site.site_header = admin.site.site_title = "deewhy"

__all__ = ["UploadAdmin"]
