"""How an answer is written for people: its words and its figures."""

from django import template
from django.utils.html import format_html
from django.utils.translation import pgettext

from .. import answers
from ..labels import spoken

NAME = '<span id="class-name" data-class-name="{}">{}</span>'

register = template.Library()
register.filter(answers.percent)
register.filter(answers.of_hundred)
register.filter(answers.headline)


@register.filter
def marked_headline(upload):
    """Return the answer in words, with the class that was answered in an element."""
    name = upload.class_name
    return answers.headline(upload, lambda words: format_html(NAME, name, words))


@register.filter
def class_title(class_name):
    """Say a class by itself: Trousers."""
    return spoken(class_name).title


@register.filter
def with_article(class_name):
    """Say a class in a sentence: an ankle boot."""
    return spoken(class_name).with_article


@register.filter
def class_list(class_names):
    """Say all classes of a network, in their order."""
    separator = pgettext("between names of classes", ", ")
    return separator.join(spoken(name).title for name in class_names)
