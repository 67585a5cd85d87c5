"""What an upload's probabilities say, in the order a person reads them."""

from django.utils.formats import number_format
from django.utils.translation import gettext_noop

SHOWN_SIZE = (576, 448)  # CSS pixels at most
NONE_OF_THESE = gettext_noop("None of these")
ROUNDING = 1e-4  # of ten probabilities, which are kept as 32-bit floats


def shown_size(upload):
    """Return width and height of a picture on its page, known before it has loaded."""
    size = (upload.width, upload.height)
    scale = min(1, *(most / each for most, each in zip(SHOWN_SIZE, size, strict=True)))
    return tuple(max(1, round(each * scale)) for each in size)


def ranking(upload):
    """Return every class name with its probability, likeliest first.

    The last is "none of these", with what the classes leave to it.
    """
    pairs = _by_probability(upload)
    none = 1 - sum(upload.probabilities)
    return [*pairs, (NONE_OF_THESE, none)] if none > ROUNDING else pairs


def is_likely_none(upload):
    """Tell whether "none of these" is likelier than every class."""
    return 1 - sum(upload.probabilities) > upload.probability


def candidates(upload, enough=0.9):
    """Return the two or three likeliest: as many as together are probable `enough`."""
    likeliest = _by_probability(upload)[:3]
    two = sum(probability for _, probability in likeliest[:2])
    return likeliest[:2] if two >= enough else likeliest


def percent(probability):
    """Write a probability with one decimal, and never claim 0 % or 100 %."""
    if probability > 0.999:
        return f">{number_format(99.9, 1)}%"
    if probability < 0.001:
        return f"<{number_format(0.1, 1)}%"
    return f"{number_format(round(probability * 100, 1), 1)}%"


def of_hundred(probability):
    """Return how many of 100 such answers are right, as a whole number."""
    return min(99, round(probability * 100))


def _by_probability(upload):
    pairs = zip(upload.class_names, upload.probabilities, strict=True)
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)
