"""gunicorn's configuration for the tests of what all requests may take together.

The network fails once, at the first connection.
"""

import errno

from deewhy import connections


class FailsOnce:
    """A listener whose first accept brings an error of the new connection."""

    def __init__(self, listener):
        self.listener = listener
        self.has_failed = False

    def __getattr__(self, name):
        return getattr(self.listener, name)

    def accept(self):
        sock, client = self.listener.accept()
        if self.has_failed:
            return sock, client
        self.has_failed = True
        sock.close()
        raise OSError(errno.EPROTO, "Protocol error")


def post_worker_init(worker):
    connections.BUFFERED_BYTES = 1_000_000
    worker.sockets = [FailsOnce(each) for each in worker.sockets]
