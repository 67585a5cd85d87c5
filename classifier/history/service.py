"""The availability of Cassandra."""

from deewhy.cassandra import session

from . import days

PING = "SELECT day FROM upload_day WHERE scope = ? LIMIT 1"


def is_available() -> bool:
    """Tell whether one small read succeeds: node, keyspace and tables are there."""
    try:
        session.execute(PING, (days.SCOPE,))
    except session.UNAVAILABLE:
        return False
    return True
