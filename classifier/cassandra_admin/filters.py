"""Filters of the list; each adds a condition to the query."""

from django.contrib import admin
from django.utils.translation import gettext as _

from .exceptions import InvalidLookup


class ChoiceFilter(admin.SimpleListFilter):
    """Keep the records whose column has the chosen value."""

    value_choices = staticmethod(lambda: [])

    @classmethod
    def on(cls, column, title, choices):
        """Return a filter of one column; `choices()` gives its (value, label) pairs."""
        return type(
            cls.__name__,
            (cls,),
            {
                "parameter_name": column,
                "title": title,
                "value_choices": staticmethod(choices),
            },
        )

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
