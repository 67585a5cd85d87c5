"""How an evaluation's figures are written."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def share(value, decimals=1):
    """Write a share of 1 as a percentage, rounded: Django alone would cut it off."""
    return f"{number_format(round(value * 100, decimals), decimals)} %"
