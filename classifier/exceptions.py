"""The errors that callers may catch."""


class UnreadablePicture(ValueError):
    """The bytes are no picture that can be decoded within the limits."""


class NetworkUnavailable(RuntimeError):
    """No checkpoint can be served; the message says which file and what to do."""


class HistoryUnavailable(RuntimeError):
    """Cassandra does not answer, or not at the configured consistency level."""
