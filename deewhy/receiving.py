"""A request as it arrives and a response as it leaves, buffered beside a socket.

No thread waits for a slow client: a loop feeds the one and flushes the other.
"""

import contextlib
import re
import socket
import tempfile

from django.conf import settings

from classifier.upload_handlers import DRAINED_LIMITS, discard

CHUNK_BYTES = 1 << 16
IN_MEMORY_BYTES = 1 << 18  # a larger request or response is buffered on disk
MAX_HEAD_BYTES = 1 << 16
FORM_BYTES = 1 << 20  # what a form has around its picture

END_OF_HEAD = b"\r\n\r\n"
END_OF_CHUNKS = b"0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
FILE = re.compile(
    rb"\r\ncontent-type:[ \t]*(multipart/form-data|image/|application/octet-stream)",
    re.IGNORECASE,
)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


class Arrival:
    """The bytes of one request, which says itself when it is complete.

    Of a picture over the limit only as much is kept as shows that it is too large.
    """

    def __init__(self):
        self.file = _buffer()
        self.head = b""
        self.received_bytes = 0
        self.expected_bytes = None  # None: not known yet, or told by the last chunk
        self.is_complete = False
        self.is_cut_short = False
        self.no_room = None  # the error of the disk, where that is full
        self.wants_to_continue = False
        self.brings_file = False  # a picture, as a form or a program sends it

    def feed(self, data):
        """Take what came; return whether the head has just become complete."""
        kept_bytes = settings.MAX_UPLOAD_BYTES + FORM_BYTES
        kept = data[: max(0, kept_bytes - self.received_bytes)]
        self._use_file(lambda: self.file.write(kept))
        self.received_bytes += len(data)
        has_head = END_OF_HEAD in self.head
        if not has_head:
            self.head += data
            if END_OF_HEAD in self.head:
                self._read_head(kept_bytes)
        self.is_complete = (
            self.received_bytes >= self.expected_bytes
            if self.expected_bytes is not None
            else self._is_last(data) or self.received_bytes > MAX_HEAD_BYTES
        )
        if self.is_complete:
            self._use_file(lambda: self.file.seek(0))  # writes what is buffered
        return not has_head and self.expected_bytes is not None

    @property
    def is_exact(self):
        """Tell whether the next byte on the connection begins another request."""
        return self.received_bytes == self.expected_bytes and not self.is_cut_short

    def close(self):
        """Give the room on the disk back."""
        discard(self.file)

    def _use_file(self, use):
        """Write to the file or rewind it; once the disk is full, only read on."""
        if self.no_room:
            return
        try:
            use()
        except OSError as error:
            self.no_room = error
            self.close()

    def _read_head(self, kept_bytes):
        head, _end, _body = self.head.partition(END_OF_HEAD)
        head += b"\r\n"
        self.wants_to_continue = bool(EXPECTS.search(head))
        self.brings_file = head[:5] == b"POST " and bool(FILE.search(head))
        if CHUNKED.search(head):
            return  # no view reads such a body: it is only waited for
        length = LENGTH.search(head)
        body_bytes = int(length[1]) if length else 0
        if body_bytes > DRAINED_LIMITS * settings.MAX_UPLOAD_BYTES:
            body_bytes = kept_bytes  # refused without the rest
            self.is_cut_short = True
        self.expected_bytes = len(head) + 2 + body_bytes

    def _is_last(self, data):
        return END_OF_HEAD in self.head and data.endswith(END_OF_CHUNKS)


class BufferedSocket:
    """What gunicorn takes for a blocking socket, though it never blocks."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.arrival = Arrival()
        self.unsent = _buffer()
        self.unsent_bytes = 0

    def fileno(self):
        return self.sock.fileno()

    def getsockname(self):
        return self.sock.getsockname()

    def setblocking(self, flag):
        pass

    def settimeout(self, seconds):
        pass

    def gettimeout(self):
        return None

    def recv(self, size):
        return self.arrival.file.read(size)

    def sendall(self, data):
        """Send what the client takes at once, and keep the rest for `flush`."""
        sent = 0 if self.unsent_bytes else self._send(data)
        if rest := data[sent:]:
            self.unsent.write(rest)
            self.unsent_bytes += len(rest)

    def send(self, data):
        """Drop it: all that gunicorn sends by this is `100 Continue`, too late."""

    def sendfile(self, file, offset=0, count=None):
        file.seek(offset or 0)
        left = count
        while data := file.read(min(CHUNK_BYTES, left)):
            self.sendall(data)
            left -= len(data)

    def flush(self):
        """Send what the client takes of what is kept; return whether that was all."""
        self.unsent.seek(-self.unsent_bytes, 2)
        self.unsent_bytes -= self._send(self.unsent.read(CHUNK_BYTES))
        if not self.unsent_bytes:
            self.unsent.seek(0)
            self.unsent.truncate()
        return not self.unsent_bytes

    def take(self):
        """Return what the client has sent, nothing where it has hung up."""
        return self.sock.recv(CHUNK_BYTES)

    def say_goodbye(self):
        """Tell the client that no more comes; closing at once could cut the answer."""
        with contextlib.suppress(OSError):  # it may have gone
            self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.arrival.close()
        discard(self.unsent)
        self.sock.close()

    def _send(self, data):
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0


def _buffer():
    return tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  outlives this
