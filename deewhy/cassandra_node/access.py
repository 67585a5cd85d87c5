"""Access to the local nodes: one role, with a password kept in their folder.

Cassandra creates a superuser with a known password when it finds no role. That one is
locked as soon as the nodes answer. Data from before the password's introduction stay.
"""

import secrets
import time
from contextlib import contextmanager

from cassandra import (
    AuthenticationFailed,
    ConsistencyLevel,
    InvalidRequest,
    OperationTimedOut,
    RequestExecutionException,
    Unauthorized,
)
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import (
    EXEC_PROFILE_DEFAULT,
    Cluster,
    ExecutionProfile,
    NoHostAvailable,
)
from cassandra.policies import WhiteListRoundRobinPolicy

from ..cassandra.node_password import LOCAL_ROLE
from .errors import NodeError

DEFAULT_ROLE = "cassandra"  # and its password
WAIT_S = 120
POLL_S = 0.2
TIMEOUT_S = 20  # a node that has just started is slow on a busy machine
AWAY = (
    NoHostAvailable,
    OperationTimedOut,
    RequestExecutionException,
    InvalidRequest,
)

LOCK_DEFAULT = f"ALTER ROLE {DEFAULT_ROLE} WITH SUPERUSER = false AND LOGIN = false"
MAKE_ROLE = (
    f"CREATE ROLE {LOCAL_ROLE} WITH PASSWORD = '{{}}'"
    " AND SUPERUSER = true AND LOGIN = true"
)
ROLES = "SELECT * FROM system_auth.roles"
AUTH_REPLICATION = (
    "SELECT replication FROM system_schema.keyspaces"
    " WHERE keyspace_name = 'system_auth'"
)
REPLICATE = (
    "ALTER KEYSPACE system_auth WITH replication ="
    " {{'class': 'SimpleStrategy', 'replication_factor': {}}}"
)


def secure(nodes, password):
    """Let only `LOCAL_ROLE` with this password sign in; all nodes must answer.

    Raises:
        NodeError: no role with the right to set the password can sign in.
    """
    give_up_at = time.monotonic() + WAIT_S
    while True:
        try:
            return _secure(nodes, password)
        except Unauthorized:
            return None  # it runs without passwords until its next start
        except AWAY as error:  # the default role is made some time after the start
            if time.monotonic() > give_up_at:
                raise NodeError(
                    f"Cassandra on {nodes[0].address}:{nodes[0].port} does not take "
                    f"the password in {nodes[0].folder.parent / 'password'}: "
                    f"{describe(error)}"
                ) from error
        time.sleep(POLL_S)


def _secure(nodes, password):
    try:
        with signed_in(nodes, LOCAL_ROLE, password) as session:
            replicate(session, len(nodes))
            lock_default(session)
    except NoHostAvailable as error:
        if not is_refused(error):
            raise
        with signed_in(nodes, DEFAULT_ROLE, DEFAULT_ROLE) as session:
            replicate(session, len(nodes))
            session.execute(MAKE_ROLE.format(password))
        _secure(nodes, password)


@contextmanager
def signed_in(nodes, role, password):
    """Yield a session with the first of the nodes."""
    addresses = [node.address for node in nodes]
    profile = ExecutionProfile(
        load_balancing_policy=WhiteListRoundRobinPolicy(addresses[:1]),
        consistency_level=ConsistencyLevel.ALL,
        request_timeout=TIMEOUT_S,
    )
    with Cluster(
        addresses[:1],
        port=nodes[0].port,
        auth_provider=PlainTextAuthProvider(role, password),
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=TIMEOUT_S,
        control_connection_timeout=TIMEOUT_S,
    ) as cluster:
        yield cluster.connect()


def replicate(session, count):
    """Keep the roles on every node, so that each accepts sign-ins alone."""
    if replicas(session) != count:
        session.execute(REPLICATE.format(count))


def lock_default(session):
    """Lock the default role, because its password is public.

    The read at consistency ALL also repairs the roles on nodes that lack them.
    """
    can_login = {row.role: row.can_login for row in session.execute(ROLES)}
    if can_login.get(DEFAULT_ROLE):
        unknown = secrets.token_urlsafe()
        session.execute(f"{LOCK_DEFAULT} AND PASSWORD = '{unknown}'")


def replicas(session):
    return int(
        session.execute(AUTH_REPLICATION).one().replication["replication_factor"]
    )


def is_refused(error):
    """Tell whether a node answered and rejected the role or its password."""
    return any(
        isinstance(cause, AuthenticationFailed) for cause in error.errors.values()
    )


def describe(error):
    causes = getattr(error, "errors", None)
    return "; ".join(map(str, causes.values())) if causes else str(error)
