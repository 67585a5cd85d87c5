"""A request as it arrives and a response as it leaves, buffered beside a socket.

No thread waits for a slow client: a loop feeds the one and flushes the other.
"""

import contextlib
import select
import socket
import struct
import tempfile
import time

from django.conf import settings

from classifier.pictures.upload_handlers import DRAINED_LIMITS, FORM_BYTES, discard

from .request_head import LONE_LINE_FEED, RefusedHead, RequestHead

CHUNK_BYTES = 1 << 16
IN_MEMORY_BYTES = 1 << 18  # a larger request or response is buffered on disk
MAX_HEAD_BYTES = 1 << 16

PACED_STALL_S = 30  # for each IN_MEMORY_BYTES of a download made while it is read
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing tells that the answer is broken

END_OF_HEAD = b"\r\n\r\n"


class Arrival:
    """The bytes of one request, and whether it is complete.

    A picture over the limit is kept only as far as its excess shows.
    """

    def __init__(self):
        self.file = _buffer()
        self.head = bytearray()
        self.received_bytes = 0
        self.kept_bytes = 0
        self.expected_bytes = None  # None: not known yet
        self.is_complete = False
        self.is_cut_short = False
        self.is_large = False
        self.refused_by = None  # the status, when the head alone decides it
        self.no_room = None  # the disk's error, once it is full
        self.wants_to_continue = False
        self.brings_file = False  # a picture, as a form or a program sends it
        self.is_answered = False

    def feed(self, data):
        """Add received data; return whether the head has just become complete."""
        most_bytes = settings.MAX_UPLOAD_BYTES + FORM_BYTES
        kept = data[: max(0, most_bytes - self.received_bytes)]
        self._use_file(lambda: self.file.write(kept))
        self.received_bytes += len(data)
        self.kept_bytes += len(kept)
        is_head = self.expected_bytes is None
        if is_head:
            self._feed_head(data, most_bytes)
        self.is_complete = self.refused_by is not None or (
            self.expected_bytes is not None
            and self.received_bytes >= self.expected_bytes
        )
        if self.is_complete:
            self._use_file(lambda: self.file.seek(0))  # flushes the buffer
        return is_head and self.expected_bytes is not None

    @property
    def is_exact(self):
        """Tell whether the next byte on the connection begins another request."""
        return self.received_bytes == self.expected_bytes and not self.is_cut_short

    def close(self):
        """Free the disk space."""
        discard(self.file)

    def release(self):
        """Free the space of a refused request."""
        self.close()
        self.kept_bytes = 0

    def _use_file(self, use):
        """Write to the file or rewind it; once the disk is full, only read on."""
        if self.no_room:
            return
        try:
            use()
        except OSError as error:
            self.no_room = error
            self.close()

    def _feed_head(self, data, most_bytes):
        """Look for the end of the head and read it; each byte is searched once."""
        seen = max(0, len(self.head) - len(END_OF_HEAD))
        self.head += data
        end = self.head.find(END_OF_HEAD, seen)
        if LONE_LINE_FEED.search(self.head, seen, max(end, 0) or len(self.head)):
            self.refused_by = 400
        elif end >= 0:
            self._read_head(bytes(self.head[:end]), most_bytes)
        elif len(self.head) > MAX_HEAD_BYTES:
            self.refused_by = 400

    def _read_head(self, head, most_bytes):
        try:
            read = RequestHead(head)
        except RefusedHead as refused:
            self.refused_by = refused.status
            return
        self.wants_to_continue = read.wants_to_continue
        self.brings_file = read.brings_file
        self.is_large = read.is_large
        body_bytes = read.body_bytes
        if body_bytes > DRAINED_LIMITS * settings.MAX_UPLOAD_BYTES:
            body_bytes = most_bytes  # refused without the rest
            self.is_cut_short = True
        self.expected_bytes = len(head) + len(END_OF_HEAD) + body_bytes


class BufferedSocket:
    """Stands in for gunicorn's blocking socket, though it never blocks.

    A thread that closes it only marks it as closed: the loop owns the descriptor.
    """

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.arrival = Arrival()
        self.pace = None  # of the arriving body, or of the leaving answer
        self.unsent = _buffer()
        self.unsent_bytes = 0
        self.is_broken = False  # an answer ended before its end
        self.is_paced = False

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
        """Send as much as the client takes at once; keep the rest for `flush`."""
        self.arrival.is_answered = True
        if self.is_paced:
            self._wait_for_reader()
        sent = 0 if self.unsent_bytes else self._send(data)
        if rest := data[sent:]:
            self.unsent.seek(0, 2)
            self.unsent.write(rest)
            self.unsent_bytes += len(rest)

    def send(self, data):
        """Drop the data: gunicorn only sends a late `100 Continue` this way."""
        return len(data)

    def sendfile(self, file, offset=0, count=None):
        file.seek(offset or 0)
        left = count
        while data := file.read(
            CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)
        ):
            self.sendall(data)
            left = None if left is None else left - len(data)
        if left:
            self.is_broken = True  # the file is shorter than announced

    def shutdown(self, how):
        """Cut an answer short, as gunicorn does after an error in its middle."""
        self.is_broken = True
        raise OSError("an answer is broken off")

    def flush(self):
        """Send as much kept data as the client takes; return whether all is sent."""
        self.unsent.seek(-self.unsent_bytes, 2)
        sent_bytes = self._send(self.unsent.read(CHUNK_BYTES))
        self.unsent_bytes -= sent_bytes
        if self.pace:
            self.pace.move(sent_bytes)
        if not self.unsent_bytes:
            self.unsent.seek(0)
            self.unsent.truncate()
        return not self.unsent_bytes

    def _wait_for_reader(self):
        """Block the thread while the client has much to read, up to a time limit."""
        if self.unsent_bytes < IN_MEMORY_BYTES:
            return
        until = time.monotonic() + PACED_STALL_S
        poll = select.poll()
        poll.register(self.sock, select.POLLOUT)
        while self.unsent_bytes:
            if not poll.poll(max(0, until - time.monotonic()) * 1000):
                raise TimeoutError("nobody reads the download")
            self.flush()

    def take(self):
        """Return the bytes that the client has sent, none after it hung up."""
        return self.sock.recv(CHUNK_BYTES)

    def say_goodbye(self):
        """Announce the end of the data; closing at once could cut the answer off."""
        with contextlib.suppress(OSError):  # it may have gone
            self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        """Mark the answer as broken: gunicorn calls this only then."""
        self.is_broken = True

    def discard(self):
        """Close for good; a reset tells the client that its answer is broken."""
        self.arrival.close()
        discard(self.unsent)
        if self.is_broken:
            with contextlib.suppress(OSError):
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.sock.close()

    def _send(self, data):
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0


def _buffer():
    return tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  outlives this
