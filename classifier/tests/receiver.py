"""Another system that is told of uploads, in a thread of the test."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver:
    """Another system: keeps what it gets, and answers with the statuses it is told."""

    def __init__(self):
        self.received, self.statuses = [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.path, self.headers, body))
                self.send_response(
                    receiver.statuses.pop(0) if receiver.statuses else 204
                )
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/deewhy"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=[0.05]).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()
