"""How an evaluation's figures are written."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def share(value, decimals=1):
    """Write a share of 1 as a percentage."""
    return f"{number_format(value * 100, decimals)} %"
