"""Maps the driver's errors during an outage of Cassandra to HistoryUnavailable."""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext as _

from deewhy.cassandra import session

from ..exceptions import HistoryUnavailable

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


def answering(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function raise HistoryUnavailable, within seconds, for these errors."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with _one_error():
            return function(*args, **kwargs)

    return wrapper


def answering_all(function: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
    """Do the same for a generator function, which reads later."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        with _one_error():
            yield from function(*args, **kwargs)

    return wrapper


@contextmanager
def _one_error() -> Iterator[None]:
    try:
        yield
    except session.UNAVAILABLE as error:
        logger.warning("Cassandra: %s", session.describe(error))
        raise HistoryUnavailable(
            _("The history (Apache Cassandra) does not answer.")
        ) from error
