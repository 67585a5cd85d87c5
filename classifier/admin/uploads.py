"""The list of uploads and the page of each."""

import re

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import answers, explanation, history, uploads
from ..cassandra_admin.filters import ChoiceFilter, DayFilter
from ..cassandra_admin.options import KeysetModelAdmin
from ..exceptions import HistoryUnavailable
from ..history import suggestions
from ..models import Upload
from ..operations import audit
from . import choices
from .corrections import CorrectionAdmin, seen_at
from .display import UploadDisplay
from .exports import ExportAdmin
from .figures import FiguresAdmin
from .own_uploads import SortingAdmin
from .query import UploadQuery
from .review import ReviewAdmin

SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TWINS = 4  # on the page of an upload; the search shows all
SIMILAR = 6


@admin.register(Upload)
class UploadAdmin(
    UploadDisplay,
    ReviewAdmin,
    FiguresAdmin,
    SortingAdmin,
    CorrectionAdmin,
    ExportAdmin,
    KeysetModelAdmin,
):
    """The list and the pages of uploads; `history` reads them."""

    list_display = (
        "thumbnail",
        "predicted_class",
        "probable",
        "visitor",
        "corrected",
        "time",
        "file",
    )
    list_display_links = ("thumbnail", "predicted_class")
    list_filter = (
        DayFilter,
        ChoiceFilter.on("review", gettext_lazy("review"), choices.reviews),
        ChoiceFilter.on(
            "is_disputed", gettext_lazy("visitor disagrees"), choices.yes_or_no
        ),
        ChoiceFilter.on("class_name", gettext_lazy("class"), choices.classes),
        ChoiceFilter.on("is_sure", gettext_lazy("sure"), choices.yes_or_no),
        ChoiceFilter.on(
            "corrected_class_name",
            gettext_lazy("corrected class"),
            choices.corrected_classes,
        ),
        ChoiceFilter.on("source", gettext_lazy("source"), choices.sources),
        ChoiceFilter.on(
            "network_version", gettext_lazy("network version"), choices.versions
        ),
    )
    search_fields = ("id", "file_name", "sha256")
    search_help_text = gettext_lazy("Id, SHA-256, or beginning of a file name")
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
                    "source_name",
                    "network_version",
                    "preprocessing_version",
                    "latency",
                    "key",
                )
            },
        ),
    )
    actions = (
        *CorrectionAdmin.actions,
        *SortingAdmin.actions,
        *ExportAdmin.actions,
    )
    change_list_template = "admin/classifier/upload/change_list.html"
    change_form_template = "admin/classifier/upload/change_form.html"
    card_template = "admin/classifier/upload/card.html"
    store_errors = (HistoryUnavailable,)

    class Media:
        css = {"all": ["classifier/admin/uploads.css"]}

    def get_queryset(self, request):
        return UploadQuery()

    def get_counts_per_day(self, request, first, last):
        return history.uploads_per_day(first, last)

    def day_of(self, upload):
        return timezone.localtime(upload.created_at).date()

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if UUID.fullmatch(term):
            queryset = queryset.filter(id=term)
        elif SHA256.fullmatch(term):
            queryset = queryset.filter(sha256=term.lower())
        elif term:
            queryset = queryset.filter(**self.name_condition(term))
        return queryset, False

    def name_condition(self, term):
        """Return the condition for a whole file name, or for the beginning of some."""
        is_start = len(term) >= history.NAME_START and not self.has_name(term)
        return {"name_start" if is_start else "file_name": term}

    def has_name(self, name):
        return bool(history.page(history.Filters(file_name=name), size=1).rows)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= {
            "class_name": _(obj.class_name),
            "ranking": answers.ranking(obj),
            "can_explain": explanation.can_explain(obj),
            "choices": choices.with_keys(obj.class_names),
            "seen": seen_at(obj),
            "corrections": obj.correction_log,
            "review": choices.review_name(obj),
            "can_undo": bool(history.earlier_reviews(obj)),
            "suggestion": suggestions.of(obj.id),
            "neighbours": self.neighbours(request, obj),
            "twins": self.twins(obj),
            "similar": self.similar(obj),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def neighbours(self, request, upload):
        """Return the addresses of the newer and the older upload in the same list."""
        filters = self.get_preserved_query(request).filters
        found = history.neighbours(upload, filters)
        return {
            name: neighbour and self.page_of(request, neighbour)
            for name, neighbour in zip(("newer", "older"), found, strict=True)
        }

    def twins(self, upload):
        """Return the newest other uploads of the same picture."""
        same = history.page(history.Filters(sha256=upload.sha256), size=TWINS + 1)
        return [twin for twin in same.rows if twin.id != upload.id][:TWINS]

    def similar(self, upload):
        """Return similar uploads, the most similar first."""
        try:
            embedding = history.embedding_of(upload.id)
            if embedding is None:
                return []
            found = history.of_ids(history.similar(embedding, 2 * SIMILAR))
        except HistoryUnavailable:  # the rest of the page does not need it
            return []
        return [one for one in found if one.sha256 != upload.sha256][:SIMILAR]

    def page_of(self, request, upload):
        """Return the address of an upload's page, which remembers its list."""
        return add_preserved_filters(
            {
                "opts": self.opts,
                "preserved_filters": self.get_preserved_filters(request),
            },
            reverse("admin:classifier_upload_change", args=[upload.id]),
        )

    def delete_model(self, request, obj):
        uploads.delete(obj)
        audit.deleted(obj.id, audit.who(request))
