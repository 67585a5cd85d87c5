"""The `ModelAdmin` base class for records behind a `KeysetQuery`."""

import functools
import logging
from html import escape
from types import SimpleNamespace

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpResponseNotAllowed, QueryDict
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .changelist import KeysetChangeList
from .exceptions import InvalidLookup

logger = logging.getLogger(__name__)


def explained(view):
    """Answer wrong addresses with 400, and 503 while the store is away, as pages."""

    @functools.wraps(view)
    def explaining(self, request, *args, **kwargs):
        try:
            return view(self, request, *args, **kwargs)
        except InvalidLookup as error:
            return self.render_problem(request, "invalid", 400, reason=error)
        except self.store_errors as error:
            logger.warning("%s is away: %s", self.store_name, error)
            return self.render_problem(request, "unavailable", 503)

    return explaining


class RecordForm(forms.Form):
    """Replaces the admin's model form; it has no fields, only a record."""

    _meta: SimpleNamespace

    def __init__(self, instance):
        super().__init__()
        self.instance = instance


class SelectedForm(ActionForm):
    """Chooses an action for the selected rows; all matches are not counted."""

    def clean_select_across(self):
        return False


class KeysetModelAdmin(admin.ModelAdmin):
    """Lists, filters and shows records newest first, without adding or editing.

    Subclasses define `get_queryset()` and `fieldsets`, and the name and the errors of
    the store for the page that is shown while it does not answer.
    """

    list_per_page = 50
    page_sizes = (25, 50, 100, 200)
    change_list_template = "cassandra_admin/change_list.html"
    change_form_template = "cassandra_admin/change_form.html"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    action_form = SelectedForm
    card_template: str | None = None  # of a record in the grid; without, there is none
    store_name = "Apache Cassandra"
    store_errors: tuple = ()

    def has_add_permission(self, request):
        return False

    def get_changelist(self, request, **kwargs):
        return KeysetChangeList

    def lookup_allowed(self, lookup, value, request=None):
        return True  # the list refuses unknown filters itself

    def get_object(self, request, object_id, from_field=None):
        return self.get_queryset(request).get(object_id)

    def get_form(self, request, obj=None, change=False, **kwargs):
        meta = SimpleNamespace(model=self.model, labels=None, help_texts=None)
        return type("RecordForm", (RecordForm,), {"_meta": meta})

    def get_readonly_fields(self, request, obj=None):
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def action_checkbox(self, obj):
        """Return the checkbox of a record; the stock one renders a template."""
        label = _("Select this object for an action - {}").format(obj)
        return SafeString(
            f'<input type="checkbox" name="{ACTION_CHECKBOX_NAME}" '
            f'value="{escape(str(obj.pk))}" class="action-select" '
            f'aria-label="{escape(label)}">'
        )

    def get_counts_per_day(self, request, first, last):
        """Return {UTC day: records} for the histogram, None to omit it."""
        return None

    def day_of(self, record):
        """Return the day of a record where the reader lives."""
        raise NotImplementedError

    def get_filtered_query(self, request, params):
        """Return the query for the parameters of a list's address."""
        lists = dict(params.lists())
        query = self.get_queryset(request)
        for filter_class in self.get_list_filter(request):
            spec = filter_class(request, lists, self.model, self)
            query = spec.queryset(request, query)
        return self.get_search_results(request, query, params.get(SEARCH_VAR, ""))[0]

    def get_preserved_query(self, request):
        """Return the query of the list from which a record's page was opened."""
        preserved = QueryDict(request.GET.get("_changelist_filters"))
        return self.get_filtered_query(request, preserved)

    def render_change_form(self, request, context, *args, **kwargs):
        context |= {"show_save": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs, request):
        allowed = self.has_delete_permission(request)
        return (
            [str(obj) for obj in objs],
            {self.opts.verbose_name_plural: len(objs)},
            set() if allowed else {self.opts.verbose_name},
            [],
        )

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    @explained
    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, extra_context)

    @explained
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().changeform_view(request, object_id, form_url, extra_context)

    @explained
    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(request, object_id, extra_context)

    @explained
    def history_view(self, request, object_id, extra_context=None):
        return super().history_view(request, object_id, extra_context)

    def render_problem(self, request, template, status, **context):
        """Return a page in the admin's style that explains a failure."""
        context = {
            **self.admin_site.each_context(request),
            "title": None,
            "opts": self.opts,
            "store_name": self.store_name,
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, f"cassandra_admin/{template}.html", context, status=status
        )
