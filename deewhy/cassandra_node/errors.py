"""The errors of a local node, each one line for the person at the terminal."""


class NodeError(RuntimeError):
    """Cassandra cannot be started or reached; the message names cause and cure."""
