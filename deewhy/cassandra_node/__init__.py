"""A real Cassandra beside the application, for a laptop, for tests and for trials.

It needs no Java and no root: the runtime is a wheel and the jars are locked. Nothing
of this package is used where `CASSANDRA_HOSTS` names a cluster.
"""

from django.conf import settings

from .cluster import LocalCluster
from .errors import NodeError

__all__ = ["LocalCluster", "NodeError", "local_cluster"]


def local_cluster(size=None, say=None):
    """Return the cluster that the settings describe, in `var/cassandra/`."""
    folder = settings.VAR_DIR / "cassandra"
    return LocalCluster(
        folder,
        folder / "jars",
        port=settings.CASSANDRA_PORT,
        size=size,
        say=say,
    )
