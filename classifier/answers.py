"""The answer for an upload in words, with its probabilities in order."""

from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import history
from .labels import spoken

SHOWN_SIZE = (576, 576)  # the largest size in CSS pixels
NONE_OF_THESE = gettext_noop("None of these")
ROUNDING = 1e-4  # of ten probabilities, stored as 32-bit floats
ALMOST_CERTAIN = 0.95  # compared with the score that decides about sure answers


def headline(upload, mark=conditional_escape):
    """Return the answer in words, as certain as its probability.

    Args:
        mark: returns HTML around the name of the class.
    """
    words = spoken(upload.class_name)
    named = mark(words.with_article)
    if upload.is_sure and upload.probability >= ALMOST_CERTAIN:
        return format_html(_("Almost certainly {thing}"), thing=named)
    if upload.is_sure:
        return format_html(_("Probably {thing}"), thing=named)
    if is_likely_none(upload):
        return format_html(_("Hard to say. Our best guess: {thing}"), thing=named)
    others = [spoken(name).bare for name, _p in candidates(upload)[1:]]
    things = [mark(words.bare), *others]
    if len(things) == 2:
        return format_html(_("Hard to say: {} or {}?"), *things)
    return format_html(_("Hard to say: {}, {} or {}?"), *things)


def correction(upload):
    """Return a person's correction of an upload in words, "" without one."""
    if not upload.is_corrected:
        return ""
    if upload.corrected_class_name in upload.class_names:
        thing = spoken(upload.corrected_class_name).with_article
        return _("It is {thing}").format(thing=thing)
    return _("It is none of these")


def is_taken_up(upload):
    """Tell whether a person corrected an upload to what its visitor had said."""
    said = upload.suggested_class_name
    if said is None or said == upload.class_name or not upload.is_corrected:
        return False
    return upload.corrected_class_name == (said or history.NONE_OF_THESE)


def shown_size(upload):
    """Return width and height of a picture on its page, before it has loaded."""
    size = (upload.width, upload.height)
    scale = min(1, *(most / each for most, each in zip(SHOWN_SIZE, size, strict=True)))
    return tuple(max(1, round(each * scale)) for each in size)


def ranking(upload):
    """Return every class name with its probability, most probable first.

    The last entry is "none of these", with the remainder of the probability.
    """
    pairs = _by_probability(upload)
    none = 1 - sum(upload.probabilities)
    return [*pairs, (NONE_OF_THESE, none)] if none > ROUNDING else pairs


def is_likely_none(upload):
    """Tell whether "none of these" is more probable than every class."""
    return 1 - sum(upload.probabilities) > upload.probability


def candidates(upload, enough=0.9):
    """Return the two or three most probable classes, until their sum is `enough`."""
    likeliest = _by_probability(upload)[:3]
    two = sum(probability for _, probability in likeliest[:2])
    return likeliest[:2] if two >= enough else likeliest


def percent(probability):
    """Format a probability with one decimal, but never as 0 % or 100 %."""
    if probability > 0.999:
        return f">{number_format(99.9, 1)}%"
    if probability < 0.001:
        return f"<{number_format(0.1, 1)}%"
    return f"{number_format(round(probability * 100, 1), 1)}%"


def of_hundred(probability):
    """Return the number of right ones among 100 such answers."""
    return min(99, round(probability * 100))


def _by_probability(upload):
    pairs = zip(upload.class_names, upload.probabilities, strict=True)
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)
