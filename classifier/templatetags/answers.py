"""How figures of an answer are written for people."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def percent(probability):
    """Write a probability with one decimal, and never claim 0 % or 100 %."""
    if probability > 0.999:
        return f">{number_format(99.9, 1)}%"
    if probability < 0.001:
        return f"<{number_format(0.1, 1)}%"
    return f"{number_format(round(probability * 100, 1), 1)}%"


@register.filter
def of_hundred(probability):
    """Return how many of 100 such answers are right, as a whole number."""
    return min(99, round(probability * 100))
