"""What is known of Fashion-MNIST's classes: how their garments may be shown."""

from dataclasses import dataclass

from .labels import CLASS_NAMES

# Labels whose sleeves hang down there and are spread elsewhere, of what people wear, of
# that what is on the legs and what reaches down to bare ones, of what may be open in
# front, what is tucked in or hidden below, what comes in pairs, and what is carried.
SLEEVED = frozenset({2, 4, 6})
WORN = frozenset({0, 1, 2, 3, 4, 6})
ON_LEGS = frozenset({1})
LONG = frozenset({3})
OPENED = frozenset({4, 6})
TUCKED = frozenset({0, 2, 4, 6})
PAIRED = frozenset({5, 7, 9})
CARRIED = frozenset({8})


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a class."""

    is_sleeved: bool = False
    is_worn: bool = False
    is_on_legs: bool = False
    is_long: bool = False
    is_opened: bool = False
    is_tucked: bool = False
    is_paired: bool = False
    is_carried: bool = False


ANYTHING = Kind()


def kind_of(label, class_names=CLASS_NAMES):
    """Say how garments of a label may be shown: of Fashion-MNIST's classes we know."""
    if tuple(class_names) != CLASS_NAMES:
        return ANYTHING
    return Kind(
        is_sleeved=label in SLEEVED,
        is_worn=label in WORN,
        is_on_legs=label in ON_LEGS,
        is_long=label in LONG,
        is_opened=label in OPENED,
        is_tucked=label in TUCKED,
        is_paired=label in PAIRED,
        is_carried=label in CARRIED,
    )
