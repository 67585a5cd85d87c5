"""The driver's options: contact points, consistency and timeouts."""

import ssl

from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile
from cassandra.policies import (
    ConstantReconnectionPolicy,
    ConstantSpeculativeExecutionPolicy,
    DCAwareRoundRobinPolicy,
    TokenAwarePolicy,
)
from cassandra.query import dict_factory
from django.core.exceptions import ImproperlyConfigured

CONNECT_TIMEOUT_S = 1.0  # the driver tries a silent node twice
RECONNECT_EVERY_S = 1.0
SPECULATE_AFTER_S = 0.25


def connection_options(*, port, datacenter, consistency, timeout_s, ca_file=""):
    """Return the `connection` options of the `cassandra` database.

    The driver sends speculative requests to a second node only for idempotent
    statements.
    """
    profile = ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy(datacenter)),
        consistency_level=consistency_level(consistency),
        serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
        request_timeout=timeout_s,
        row_factory=dict_factory,
        speculative_execution_policy=ConstantSpeculativeExecutionPolicy(
            delay=SPECULATE_AFTER_S, max_attempts=1
        ),
    )
    options = {
        "port": port,
        "execution_profiles": {EXEC_PROFILE_DEFAULT: profile},
        "connect_timeout": CONNECT_TIMEOUT_S,
        "control_connection_timeout": CONNECT_TIMEOUT_S,
        "reconnection_policy": ConstantReconnectionPolicy(
            RECONNECT_EVERY_S, max_attempts=None
        ),
        # Without it `check` and `collectstatic` need a Cassandra.
        "lazy_connect": True,
    }
    if ca_file:
        options["ssl_context"] = ssl.create_default_context(cafile=ca_file)
    return options


def consistency_level(name):
    """Return the driver's number of a consistency level."""
    try:
        return ConsistencyLevel.name_to_value[name]
    except KeyError:
        names = ", ".join(ConsistencyLevel.name_to_value)
        raise ImproperlyConfigured(
            f"Expected CASSANDRA_CONSISTENCY to be one of {names}; got {name}."
        ) from None
