"""Filters of the list; each adds a condition to the query."""

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import days
from .exceptions import InvalidLookup


class ChoiceFilter(admin.SimpleListFilter):
    """Keeps the records with the chosen value in a column."""

    value_choices = staticmethod(list)

    @classmethod
    def on(cls, column, title, choices):
        """Return a filter of one column; `choices()` gives its (value, label) pairs."""
        attributes = {
            "parameter_name": column,
            "title": title,
            "value_choices": staticmethod(choices),
        }
        return type(cls.__name__, (cls,), attributes)

    def lookups(self, request, model_admin):
        return [(str(value), label) for value, label in self.value_choices()]

    def queryset(self, request, query):
        chosen = self.value()
        if chosen is None:
            return query
        values = {str(value): value for value, label in self.value_choices()}
        if chosen not in values:
            raise InvalidLookup(
                _("“%(value)s” is not among the choices for “%(title)s”.")
                % {"value": chosen, "title": self.title}
            )
        return query.filter(**{self.parameter_name: values[chosen]})


class DayFilter(admin.ListFilter):
    """Keeps the records of one day or a range, in the reader's time zone.

    The query gets aware times: `since`, inclusive, and `until`, exclusive.
    """

    title = gettext_lazy("day")
    template = "cassandra_admin/day_filter.html"
    parameters = ("from", "to")

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        texts = [params.pop(name, [""])[-1] for name in self.parameters]
        self.first, self.last = (days.parse(text) if text else None for text in texts)
        self.other_parameters = [
            (name, value)
            for name, value in request.GET.items()
            if name not in (*self.parameters, PAGE_VAR)
        ]

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.parameters)

    def choices(self, changelist):
        today = days.ago(0)
        for label, first, last in (
            (_("Any day"), None, None),
            (_("Today"), today, today),
            (_("Yesterday"), days.ago(1), days.ago(1)),
            (_("Past 7 days"), days.ago(6), today),
        ):
            yield {
                "selected": (self.first, self.last) == (first, last),
                "query_string": changelist.get_query_string(
                    {"from": first, "to": last}
                ),
                "display": label,
            }

    def queryset(self, request, query):
        if self.first:
            query = query.filter(since=days.start(self.first))
        if self.last:
            query = query.filter(until=days.end(self.last))
        return query
