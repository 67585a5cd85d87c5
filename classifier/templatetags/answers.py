"""Filters for the figures of an answer."""

from django import template

from ..answers import of_hundred, percent

register = template.Library()
register.filter(percent)
register.filter(of_hundred)
