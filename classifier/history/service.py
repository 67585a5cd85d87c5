"""The availability of Cassandra, and its clock."""

import datetime

from deewhy.cassandra import session

from . import days
from .driver_errors import answering

PING = "SELECT day FROM upload_day WHERE scope = ? LIMIT 1"
NOW = "SELECT toTimestamp(now()) AS now FROM system.local"


def is_available() -> bool:
    """Tell whether one small read succeeds: node, keyspace and tables are there."""
    try:
        session.execute(PING, (days.SCOPE,))
    except session.UNAVAILABLE:
        return False
    return True


@answering
def now() -> datetime.datetime:
    """Return the aware time by the clock of the answering node."""
    [row] = session.execute(NOW)
    return row["now"].replace(tzinfo=datetime.UTC)
