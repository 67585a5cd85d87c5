"""A little reverse proxy that passes on no Host, with a sub-path of its own."""

import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DROPPED = {"host", "connection", "transfer-encoding", "content-length"}


class HttpProxy:
    """Forward `prefix` at a port of its own to a service.

    Args:
        target: connects to the service: returns an `http.client.HTTPConnection`.
        prefix: the sub-path that it answers.
        is_taken_off: whether the service is asked without it.
    """

    def __init__(self, target, prefix, *, is_taken_off):
        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                size_bytes = int(self.headers.get("Content-Length") or 0)
                path = self.path.removeprefix(prefix) if is_taken_off else self.path
                with_target = target()
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in DROPPED
                }
                headers["Host"] = "127.0.0.1:8000"
                body = self.rfile.read(size_bytes) if size_bytes else None
                with_target.request(self.command, path or "/", body, headers)
                self.pass_on(with_target.getresponse())

            do_GET = do_POST = answer

            def pass_on(self, response):
                content = response.read()
                self.send_response_only(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in DROPPED:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class UnixConnection(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)
