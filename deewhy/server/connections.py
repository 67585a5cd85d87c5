"""The connections of a worker: their number per address, and which give way first."""

import ipaddress
from collections import Counter

from django.conf import settings

# Limits the buffered requests and answers of a worker to a dozen of the largest
# uploads. The container's /tmp, which is memory, has room for four workers.
BUFFERED_BYTES = 256 << 20


class Connections:
    """All open connections, counted by address."""

    def __init__(self, most):
        # Half of them: an office behind one address has enough, and one stranger
        # leaves the other half. Behind proxies all come from few addresses.
        self.most_of_one = max(1, most // 2)
        self._all = {}  # connection -> address
        self._numbers = Counter()
        self.large = {}  # connections with a large body on its way, newest last

    def add(self, conn):
        """Count a new connection."""
        self._all[conn] = address = _network(conn.client)
        self._numbers[address] += 1

    def remove(self, conn):
        """Forget a connection; return whether it was counted."""
        if conn not in self._all:
            return False
        self.large.pop(conn, None)
        address = self._all.pop(conn)
        self._numbers[address] -= 1
        if not self._numbers[address]:
            del self._numbers[address]
        return True

    def has_enough_of(self, client):
        """Tell whether an address has its maximum of connections."""
        address = _network(client)
        return address is not None and self._numbers[address] >= self.most_of_one

    def waiting_of(self, client, waiting):
        """Return the waiting connections of an address."""
        address = _network(client)
        return [conn for conn in waiting if self._all.get(conn) == address]

    def newest_beyond_the_sum(self):
        """Return the newest large upload when the buffers together exceed the limit."""
        if self.large and self._buffered_bytes() > BUFFERED_BYTES:
            return self.large.popitem()[0]
        return None

    def slowest_beyond_the_sum(self, waiting):
        """Return the slowest reader when unread answers together are over the limit."""
        readers = [conn for conn in waiting if conn.sock.unsent_bytes]
        if sum(conn.sock.unsent_bytes for conn in readers) > BUFFERED_BYTES:
            return min(readers, key=lambda conn: conn.sock.pace.bytes_per_s())
        return None

    def _buffered_bytes(self):
        """Return the size of all buffered requests and answers together."""
        return sum(
            conn.sock.arrival.kept_bytes + conn.sock.unsent_bytes for conn in self._all
        )


def least_to_lose(conn):
    """Order connections by how much work would be lost with them.

    Incomplete heads come first, then clients with a sent answer, then slow uploads.
    Answers on their way come last, because their work is done.
    """
    sock = conn.sock
    if sock.arrival.expected_bytes is None and not sock.arrival.is_answered:
        return (0, 0)
    if sock.pace is None:
        return (1, 0)
    return (3 if sock.unsent_bytes else 2, sock.pace.bytes_per_s())


def _network(client):
    """Return an IPv4 address or the /64 of an IPv6 one; None behind proxies."""
    if settings.PROXIES or not isinstance(client, tuple):
        return None
    if ":" not in client[0]:
        return client[0]
    address = ipaddress.IPv6Address(client[0].partition("%")[0])
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
