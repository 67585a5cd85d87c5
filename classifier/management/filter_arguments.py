"""The options by which commands narrow the history, the same for all of them."""

import argparse
import datetime
from dataclasses import fields

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from ..history import NAME_START, Filters


def add_filter_arguments(parser):
    """Add an option for each filter."""
    group = parser.add_argument_group("filters; several narrow the list further")
    yes_or_no = argparse.BooleanOptionalAction
    group.add_argument("--class", dest="class_name", metavar="NAME", help="predicted")
    group.add_argument("--sure", dest="is_sure", action=yes_or_no, help="or not sure")
    group.add_argument(
        "--corrected",
        dest="is_corrected",
        action=yes_or_no,
        help="reviewed by a person, be it confirmed or corrected",
    )
    group.add_argument(
        "--right", dest="is_right", action=yes_or_no, help="confirmed, or corrected"
    )
    group.add_argument(
        "--disputed",
        dest="is_disputed",
        action=yes_or_no,
        help="by what the visitor says",
    )
    group.add_argument("--corrected-class", dest="corrected_class_name", metavar="NAME")
    group.add_argument("--network", dest="network_version", metavar="VERSION")
    group.add_argument("--source", choices=["form", "api", "command"])
    group.add_argument("--sha256", metavar="HEX", help="uploads of this very picture")
    group.add_argument("--file-name", metavar="NAME", help="exact, in any case")
    group.add_argument(
        "--file-name-start",
        dest="name_start",
        type=name_start,
        metavar="START",
        help=f"of a file name, in any case, of {NAME_START} characters or more",
    )
    group.add_argument(
        "--since", type=moment, metavar="TIME", help="first day or time, in TIME_ZONE"
    )
    group.add_argument(
        "--until", type=moment, metavar="TIME", help="day or time to stop before"
    )


def filters_of(options):
    """Return the filters that were given."""
    return Filters(**{field.name: options[field.name] for field in fields(Filters)})


def name_start(text):
    """Return the beginning of a file name, if it is long enough for the look-up."""
    if len(text) < NAME_START:
        raise argparse.ArgumentTypeError(
            f"Expected {NAME_START} characters or more, got {text!r}."
        )
    return text


def moment(text):
    """Return the aware time of a date (its first moment) or of a date and time."""
    try:
        found = parse_datetime(text) or parse_date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from error
    if found is None:
        raise argparse.ArgumentTypeError(
            f"Expected a date or time like 2026-11-23 or 2026-11-23T08:30, got {text}."
        )
    if not isinstance(found, datetime.datetime):
        found = datetime.datetime.combine(found, datetime.time.min)
    return found if timezone.is_aware(found) else timezone.make_aware(found)
