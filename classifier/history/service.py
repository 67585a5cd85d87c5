"""Whether Cassandra answers, and the one error that says it does not."""

import functools
import logging
from contextlib import contextmanager

from django.utils.translation import gettext as _

from deewhy.cassandra import session

from ..exceptions import HistoryUnavailable
from . import days

logger = logging.getLogger(__name__)

PING = "SELECT day FROM upload_day WHERE scope = ? LIMIT 1"


def answering(function):
    """Make a function raise HistoryUnavailable for whatever the driver says instead."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with _one_error():
            return function(*args, **kwargs)

    return wrapper


def answering_all(function):
    """Do the same for a generator function, whose reads come later."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with _one_error():
            yield from function(*args, **kwargs)

    return wrapper


def is_available():
    """Tell whether one small read succeeds: node, keyspace and tables are there."""
    try:
        session.execute(PING, (days.SCOPE,))
    except session.UNAVAILABLE:
        return False
    return True


@contextmanager
def _one_error():
    try:
        yield
    except session.UNAVAILABLE as error:
        logger.warning("Cassandra: %s", session.describe(error))
        raise HistoryUnavailable(
            _("The history (Apache Cassandra) does not answer.")
        ) from error
