"""Where the marks of a chart stand, in whole units of its SVG: no script draws them."""

from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 300
LEFT, TOP, BOTTOM = 70, 10, 260  # of the area within the axes
GRID = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its interval: y grows downwards."""

    x: int
    y: int
    low: int
    high: int
    of: object


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar, by the name of its style."""

    name: str
    x: int
    y: int
    width: int
    height: int


def grid():
    """Return the y of each line across, and the percentage beside it."""
    return [(share_y(percent / 100), percent) for percent in GRID]


def share_y(share):
    """Return the y of a share from 0 to 1."""
    return round(BOTTOM - share * (BOTTOM - TOP))


def share_x(share):
    """Return the x of a share from 0 to 1."""
    return round(LEFT + share * (WIDTH - LEFT))


def marks(figures, x_of):
    """Return a mark for each figure with a share of right ones and its interval."""
    return [
        Mark(x_of(i, one), share_y(one.share), *map(share_y, one.interval), one)
        for i, one in enumerate(figures)
        if one.reviewed
    ]


def slot_x(number, count):
    """Return the x of the middle of one of several slots."""
    return share_x((number + 0.5) / count)


def stacks(weeks):
    """Return the parts of each week's bar, the highest as high as the chart."""
    highest = max((week.uploads for week in weeks), default=0) or 1
    width = round((WIDTH - LEFT) / max(1, len(weeks)) * 0.7)
    return [
        (week, list(_parts(week, slot_x(i, len(weeks)) - width // 2, width, highest)))
        for i, week in enumerate(weeks)
    ]


def _parts(week, x, width, highest):
    below = 0
    for name, number in (
        ("right", week.right),
        ("wrong", week.reviewed - week.right),
        ("open", week.open),
    ):
        top, bottom = share_y((below + number) / highest), share_y(below / highest)
        below += number
        if number:
            yield Part(name, x, top, width, bottom - top)
