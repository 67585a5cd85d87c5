"""Filters of the list; each adds a condition to the query."""

import datetime

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .exceptions import InvalidLookup

FIRST_YEAR, LAST_YEAR = 1970, 2999


class ChoiceFilter(admin.SimpleListFilter):
    """Keep the records whose column has the chosen value."""

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
    """Keep the records of one day or of a range; a day begins in the reader's zone.

    The query gets aware times: `since`, inclusive, and `until`, exclusive.
    """

    title = gettext_lazy("day")
    template = "cassandra_admin/day_filter.html"
    parameters = ("from", "to")

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.parameters:
            if text := params.pop(name, [""])[-1]:
                self.used_parameters[name] = self.day(text)
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
        today = timezone.localdate()
        for label, first, last in (
            (_("Any day"), None, None),
            (_("Today"), today, today),
            (_("Yesterday"), _before(today, 1), _before(today, 1)),
            (_("Past 7 days"), _before(today, 6), today),
        ):
            days = {"from": first, "to": last}
            yield {
                "selected": (self.first, self.last) == (first, last),
                "query_string": changelist.get_query_string(days),
                "display": label,
            }

    def queryset(self, request, query):
        if self.first:
            query = query.filter(since=_start(self.first))
        if self.last:
            query = query.filter(until=_start(_before(self.last, -1)))
        return query

    @property
    def first(self):
        """The first day that is kept, or None."""
        return self.used_parameters.get("from")

    @property
    def last(self):
        """The last day that is kept, or None."""
        return self.used_parameters.get("to")

    @staticmethod
    def day(text):
        """Return the date that a text says, as 2026-11-23."""
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError as error:
            raise InvalidLookup(
                _("“%(text)s” is not a day; write it like 2026-11-23.") % {"text": text}
            ) from error
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidLookup(
                _("The year must be between %(first)d and %(last)d.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day


def _before(day, days):
    return day - datetime.timedelta(days)


def _start(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
