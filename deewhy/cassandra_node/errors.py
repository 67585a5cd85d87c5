"""What goes wrong with a node, as one line for the person who starts it."""


class NodeError(RuntimeError):
    """Cassandra cannot be had; the message says why and what to do."""
