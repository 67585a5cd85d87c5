"""The list of uploads and the page of each."""

from functools import cache

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import answers, registry, uploads
from ..cassandra_admin.filters import ChoiceFilter, DayFilter
from ..cassandra_admin.options import KeysetModelAdmin
from ..exceptions import HistoryUnavailable, NetworkUnavailable
from ..models import Upload
from .display import SOURCES, UploadDisplay
from .query import UploadQuery


@cache
def served_class_names():
    """Return the names that the served network knows, read once per process."""
    return registry.served().class_names


def class_choices():
    """Return what the class filter offers: nothing while there is no network."""
    try:
        return [(name, _(name)) for name in served_class_names()]
    except NetworkUnavailable:
        return []


def version_choices():
    return [(version, version) for version in reversed(registry.versions())]


def yes_or_no():
    return [(True, _("Yes")), (False, _("No"))]


@admin.register(Upload)
class UploadAdmin(UploadDisplay, KeysetModelAdmin):
    """Look through the uploads; `history` reads them."""

    list_display = (
        "thumbnail",
        "said",
        "probable",
        "sure",
        "corrected",
        "time",
        "came_by",
        "file_name",
    )
    list_display_links = ("thumbnail", "said")
    list_filter = (
        DayFilter,
        ChoiceFilter.on("class_name", gettext_lazy("class"), class_choices),
        ChoiceFilter.on("is_sure", gettext_lazy("sure"), yes_or_no),
        ChoiceFilter.on("is_corrected", gettext_lazy("corrected"), yes_or_no),
        ChoiceFilter.on("source", gettext_lazy("source"), SOURCES.items),
        ChoiceFilter.on(
            "network_version", gettext_lazy("network version"), version_choices
        ),
    )
    fieldsets = (
        (
            gettext_lazy("Picture"),
            {"fields": ("file_name", "media_type", "size", "digest", "stored_name")},
        ),
        (
            gettext_lazy("Answer"),
            {
                "fields": (
                    "exact_time",
                    "came_by",
                    "network_version",
                    "preprocessing_version",
                    "latency",
                    "key",
                )
            },
        ),
    )
    change_list_template = "admin/classifier/upload/change_list.html"
    store_errors = (HistoryUnavailable,)

    class Media:
        css = {"all": ["classifier/admin/uploads.css"]}

    def get_queryset(self, request):
        return UploadQuery()

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["ranking"] = answers.ranking(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def has_change_permission(self, request, obj=None):
        return False

    def delete_model(self, request, obj):
        uploads.delete(obj)
