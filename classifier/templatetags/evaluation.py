"""Filters for the figures of an evaluation."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def share(value, decimals=1):
    """Format a share as a rounded percentage: Django alone would truncate it."""
    return f"{number_format(round(value * 100, decimals), decimals)} %"
