"""The options of learning from the history."""

from ..learning.reviewed import Selection
from .filter_arguments import moment
from .training_arguments import positive


def add_history_arguments(parser):
    """Add the options that select the reviewed uploads to train on."""
    group = parser.add_argument_group("learning from the history, see docs/learning.md")
    group.add_argument(
        "--from-history",
        action="store_true",
        help="learn the head for photographs again, from what the served checkpoint"
        " keeps and the uploads that a person has reviewed",
    )
    group.add_argument(
        "--since",
        type=moment,
        metavar="TIME",
        help="learn from uploads since this day or time, in TIME_ZONE; default: all",
    )
    group.add_argument(
        "--class",
        dest="class_name",
        metavar="NAME",
        help="learn from uploads that a person says are of this class; default: all",
    )
    group.add_argument(
        "--only-confirmed",
        action="store_true",
        help="learn from uploads whose answer was right",
    )
    group.add_argument(
        "--most",
        type=positive,
        metavar="N",
        help="learn from so many uploads of a class, the newest; default: all",
    )
    group.add_argument(
        "--promote",
        action="store_true",
        help="serve the result, unless it is worse on what both were measured on",
    )
    group.add_argument(
        "--reason", default="", help="why to serve it even then; it is kept"
    )


def selection_of(options):
    """Return the Selection that was asked for."""
    return Selection(
        since=options["since"],
        class_name=options["class_name"],
        is_confirmed=options["only_confirmed"],
        most=options["most"],
    )
