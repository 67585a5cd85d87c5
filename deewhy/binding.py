"""The address of the server in `BIND`: host and port, a port, or a Unix socket."""

import os
import re
import socket
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

EVERYWHERE = ("0.0.0.0", "::")
FORMS = "127.0.0.1:8987, [::1]:8987, 8987, :8987 (all addresses) or unix:/path"
HOST_AND_PORT = re.compile(
    r"(?:(?P<host>[^\[\]:/,]*|\[[0-9a-fA-F:.]+\]):)?(?P<port>\d+)"
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A host without brackets and a port, or the path of a Unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self):
        if self.path:
            return f"unix:{self.path}"
        return f"{_in_brackets(self.host)}:{self.port}"

    @property
    def url(self):
        """The address for this machine, the default of PUBLIC_URL."""
        if self.path:
            return "http://localhost"
        is_local = self.host in EVERYWHERE or self.host.startswith("127.")
        name = "localhost" if is_local else _in_brackets(self.host)
        return f"http://{name}:{self.port}"

    def probe(self):
        """Raise OSError if the server could not listen here."""
        if self.path:
            return _probe_path(self.path)
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((self.host, self.port))


def parse(text):
    """Return the Binding that a text describes.

    Raises:
        ImproperlyConfigured: the text describes none; the message shows examples.
    """
    if text.startswith("unix:") and os.path.isabs(path := text.removeprefix("unix:")):
        return Binding(path=path)
    found = HOST_AND_PORT.fullmatch(text)
    if not found or not 0 < int(found["port"]) < 1 << 16:
        raise ImproperlyConfigured(f"Expected BIND like {FORMS}; got {text!r}.")
    host = {None: "127.0.0.1", "": "0.0.0.0"}.get(found["host"], found["host"])
    return Binding(host.strip("[]"), int(found["port"]))


def _in_brackets(host):
    return f"[{host}]" if ":" in host else host


def _probe_path(path):
    """Keep a socket with a listener; the server removes a dead one."""
    if not os.access(os.path.dirname(path), os.W_OK):
        raise PermissionError(0, "its folder is not there or may not be written to")
    if not os.path.lexists(path):
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return
        raise FileExistsError(0, "another program listens there")
