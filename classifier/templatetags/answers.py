"""How figures of an answer are written for people."""

from django import template

from ..answers import of_hundred, percent

register = template.Library()
register.filter(percent)
register.filter(of_hundred)
