"""A TCP proxy that can be cut and mended: a server that goes away and comes back."""

import contextlib
import socket
import threading


class Proxy:
    """Forward a local port to a server, unless `is_cut`."""

    def __init__(self, port):
        self.server = ("127.0.0.1", port)
        self.is_cut = False
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Close every connection, and each new one at once."""
        self.is_cut = True
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        """Forward again."""
        self.is_cut = False

    def close(self):
        self.cut()
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.is_cut:
                    client.close()
                else:
                    self._connect(client)

    def _connect(self, client):
        server = socket.create_connection(self.server)
        self._open += [client, server]
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
