"""The list page: Django's `ChangeList` without counts, sorting and page numbers."""

from urllib.parse import quote as urlquote

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from . import days, histogram, rows
from .exceptions import InvalidLookup

SIZE_VAR = "size"
DAY_VAR = "day"
VIEW_VAR = "view"
GRID = "grid"


class KeysetChangeList(ChangeList):
    """Shows one keyset page; the page parameter holds a cursor, not a number."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = capfirst(self.opts.verbose_name_plural)
        # The stock list would resolve the address of each record to add these.
        self.kept_filters, self.preserved_filters = self.preserved_filters, ""
        self.address = reverse(
            admin_urlname(self.opts, "changelist"),
            current_app=self.model_admin.admin_site.name,
        )

    def get_filters_params(self, params=None):
        params = super().get_filters_params(params)
        kept = (SIZE_VAR, DAY_VAR, VIEW_VAR)
        return {k: v for k, v in params.items() if k not in kept}

    def get_queryset(self, request, exclude_parameters=None):
        self.filter_specs, self.has_filters, unknown, _spawns, active = (
            self.get_known_filters(request)
        )
        if unknown:
            raise InvalidLookup(
                _("The list cannot be filtered by “%(name)s”.")
                % {"name": ", ".join(sorted(unknown))}
            )
        self.has_active_filters = active
        self.clear_all_filters_qs = self.get_query_string(
            remove=self.get_filters_params()
        )
        query = self.root_queryset
        for spec in self.filter_specs:
            query = spec.queryset(request, query) or query
        return self.model_admin.get_search_results(request, query, self.query)[0]

    def get_known_filters(self, request):
        """Call `get_filters()`; an unknown column is an `InvalidLookup`."""
        try:
            return self.get_filters(request)
        except IncorrectLookupParameters as error:
            raise InvalidLookup(
                _("The list cannot be filtered this way: %(reason)s")
                % {"reason": error.args[0]}
            ) from error

    def get_results(self, request):
        self.page_size = self.get_page_size(request)
        day = request.GET.get(DAY_VAR)
        self.day = day and days.parse(day)
        self.page = self.queryset.page(
            self.page_size,
            cursor=request.GET.get(PAGE_VAR),
            before=self.day and days.end(self.day),
        )
        self.histogram = self.get_histogram(request)
        self.is_grid = self.has_grid and request.GET.get(VIEW_VAR) == GRID
        self.result_list = self.page.object_list
        self.newest_day = None if self.result_list else self.get_newest_day()
        # Nothing is counted beyond this page: a count reads every record.
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = False
        self.show_admin_actions = bool(self.result_list)
        self.can_show_all = self.multi_page = False

    def url_for_result(self, result):
        """Return the address of a record's page, which remembers this list.

        It is built from the list's address, because resolving each one takes longer
        than rendering its row.
        """
        address = f"{self.address}{urlquote(quote(str(result.pk)))}/change/"
        return f"{address}?{self.kept_filters}" if self.kept_filters else address

    def headers(self):
        """Return the headings of the table."""
        return rows.headers(self)

    def rows(self):
        """Yield the rows of the table."""
        return rows.rows(self)

    def cards(self):
        """Yield each record and the address of its page, for the grid."""
        for record in self.result_list:
            yield record, self.url_for_result(record)

    def get_histogram(self, request):
        """Return a bar for each day around the shown one, None without counts."""
        first, last = histogram.window(self.day)
        counts = self.model_admin.get_counts_per_day(request, first, last)
        if counts is None:
            return None
        return histogram.bars(counts, first, last, self.link_to_day)

    def get_newest_day(self):
        """Return the day of the newest record where only the chosen days have none."""
        if not self.queryset.has_days:
            return None
        newest = self.queryset.without_days().page(1).object_list
        return self.model_admin.day_of(newest[0]) if newest else None

    @property
    def newest_day_link(self):
        """Return the query string of the newest day, under the same filters."""
        day = self.newest_day.isoformat()
        return self.get_query_string({"from": day, "to": day}, [PAGE_VAR, DAY_VAR])

    @property
    def counted(self):
        """Return how many records the histogram adds up to, approximately."""
        return sum(bar.count for bar in self.histogram or ())

    @property
    def has_grid(self):
        return self.model_admin.card_template is not None

    @property
    def view_link(self):
        """Return the query string of the same page in the other view."""
        return self.get_query_string({VIEW_VAR: None if self.is_grid else GRID})

    def get_page_size(self, request):
        """Return the chosen number of records per page, if it is allowed."""
        size = request.GET.get(SIZE_VAR, str(self.list_per_page))
        if size not in map(str, self.model_admin.page_sizes):
            raise InvalidLookup(_("This page size is not among the choices."))
        return int(size)

    def get_ordering_field_columns(self):
        return {}  # newest first is the only order

    def page_links(self):
        """Return the addresses of the newest, newer and older page, or None."""
        older, newer = self.page.older, self.page.newer
        return {
            "newest": newer and self.link_to(None),
            "newer": newer and self.link_to(newer),
            "older": older and self.link_to(older),
        }

    def link_to(self, cursor):
        """Return the query string of the page at a cursor, with the same filters."""
        return self.get_query_string({PAGE_VAR: cursor, DAY_VAR: None})

    def link_to_day(self, day):
        """Return the query string of the page that begins at the end of a day."""
        return self.get_query_string({DAY_VAR: day.isoformat()})

    def kept_parameters(self):
        """Return the filters, search and page size, which a jump to a day keeps."""
        return [item for item in self.params.items() if item[0] != DAY_VAR]

    def filter_parameters(self):
        """Return the filters and page size, which a search keeps."""
        return [item for item in self.kept_parameters() if item[0] != SEARCH_VAR]

    def size_links(self):
        """Return number, address and whether it is selected, for each page size."""
        for size in self.model_admin.page_sizes:
            link = self.get_query_string({SIZE_VAR: size})
            yield size, link, size == self.page_size
