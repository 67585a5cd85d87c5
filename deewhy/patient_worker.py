"""A threaded gunicorn worker in which a slow client costs no thread.

gunicorn's own gives a thread to each request from its first byte to the last byte of
its answer, and waits in its loop for a client that does not hang up. Here the loop
takes requests in and sends answers out; threads only work. What comes while they are
busy waits in a short queue, and beyond that is refused at once.

TLS ends in front of it.
"""

import errno
import math
import selectors
import time
from functools import partial

from django.conf import settings
from gunicorn.workers.gthread import TConn, ThreadWorker

from classifier.exceptions import Overloaded, StorageUnavailable

from .errors import refusal
from .receiving import Arrival, BufferedSocket

HEAD_S = 10
BODY_S = 30
SLOWEST_BYTES_PER_S = 8_000  # below that a client is given up
LINGER_S = 2
NO_MORE_FILES = (errno.EMFILE, errno.ENFILE)
QUEUED_PER_THREAD = 4
# Uploads in hand beyond those in work wait a moment for a place: a few that come at the
# same time. Where more came a moment ago the load lasts, and waiting would only make
# answers late.
SPARE_UPLOADS = 2
CALM_AFTER_S = 5


class PatientWorker(ThreadWorker):
    """Threads that get whole requests, from a loop that waits for all clients."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = {}  # connection -> until when; who waits longest comes first
        self.in_hand = 0
        self.files_in_hand = 0
        self.last_crowded = -math.inf

    def accept(self, listener):
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in NO_MORE_FILES:
                raise
            return self._drop_longest()
        if self.nr_conns + 1 >= self.worker_connections:
            self._drop_longest()
        conn = TConn(self.cfg, BufferedSocket(sock), client, listener.getsockname())
        conn.data_ready = True
        self.nr_conns += 1
        self._wait(conn, HEAD_S, self._receive)

    def is_parent_alive(self):
        if super().is_parent_alive():
            return True
        self.alive = False  # so that answers say good-bye
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()  # the next master needs the address
        return False

    def finish_request(self, conn, future):
        self.in_hand -= 1
        self.files_in_hand -= conn.sock.arrival.brings_file
        failed = future.cancelled() or future.exception()
        self._answer(conn, keepalive=not failed and future.result())

    def murder_keepalived(self, force=False):
        now = time.monotonic()
        late = [conn for conn, until in self.waiting.items() if force or until <= now]
        for conn in late:
            self._drop(conn)

    def _cap_keepalive(self, deadline):
        for conn, until in self.waiting.items():
            if not conn.sock.arrival.received_bytes:
                self.waiting[conn] = min(until, deadline)

    def _receive(self, conn):
        arrival = conn.sock.arrival
        data = conn.sock.take()
        if not data:
            return self._drop(conn)
        if not arrival.received_bytes:
            self._extend(conn, HEAD_S)
        if arrival.feed(data):
            self._extend(conn, _patience(arrival.expected_bytes))
            if arrival.wants_to_continue and not arrival.is_complete:
                conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if arrival.is_complete:
            self._stop_waiting(conn)
            self._hand_on(conn)

    def _hand_on(self, conn):
        """Give a whole request to a thread, or refuse it while all have enough."""
        if error := self._refused_for(conn.sock.arrival):
            conn.sock.sendall(refusal(conn.sock.arrival.head, error))
            return self._answer(conn, keepalive=False)
        self.in_hand += 1
        self.files_in_hand += conn.sock.arrival.brings_file
        self.enqueue_req(conn)

    def _refused_for(self, arrival):
        """Return the error that a request is refused for, or None."""
        if arrival.no_room:
            self.log.error("A request finds no room on the disk: %s", arrival.no_room)
            return StorageUnavailable
        return Overloaded if self._has_enough(arrival) else None

    def _has_enough(self, arrival):
        """Tell whether to refuse a request; pictures leave threads to the pages."""
        if arrival.brings_file:
            return self._has_enough_files()
        return self.in_hand >= self.cfg.threads * (1 + QUEUED_PER_THREAD)

    def _has_enough_files(self):
        """Tell whether all places are taken; remember when that was seen."""
        now, places = time.monotonic(), settings.UPLOADS_AT_ONCE
        if now - self.last_crowded > CALM_AFTER_S:
            places += SPARE_UPLOADS
        if self.files_in_hand < places:
            return False
        self.last_crowded = now
        return True

    def _answer(self, conn, keepalive):
        finish = partial(self._finish, keepalive=keepalive)
        if unsent := conn.sock.unsent_bytes:
            flush = partial(self._flush, finish=finish)
            self._wait(conn, _patience(unsent), flush, selectors.EVENT_WRITE)
        else:
            finish(conn)

    def _flush(self, conn, finish):
        if conn.sock.flush():
            self._stop_waiting(conn)
            finish(conn)

    def _finish(self, conn, keepalive):
        """Wait for the next request, or for the client to have read the answer."""
        if keepalive and self.alive and conn.sock.arrival.is_exact:
            conn.sock.arrival = Arrival()
            self._wait(conn, self.cfg.keepalive, self._receive)
        else:
            self._wait(conn, LINGER_S, self._linger)
            conn.sock.say_goodbye()

    def _linger(self, conn):
        if not conn.sock.take():
            self._drop(conn)

    def _wait(self, conn, seconds, callback, event=selectors.EVENT_READ):
        self.waiting[conn] = time.monotonic() + seconds
        self.poller.register(conn.sock, event, partial(self._wake, conn, callback))

    def _wake(self, conn, callback, _sock):
        if conn in self.waiting:  # it may have been dropped since the loop woke up
            try:
                callback(conn)
            except OSError:  # the client is gone
                self._drop(conn)

    def _extend(self, conn, seconds):
        self.waiting[conn] = time.monotonic() + seconds

    def _stop_waiting(self, conn):
        if self.waiting.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def _drop_longest(self):
        """Make room: give up who has waited longest, if somebody waits."""
        if self.waiting:
            self._drop(next(iter(self.waiting)))

    def _drop(self, conn):
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()


def _patience(size_bytes):
    return BODY_S + size_bytes / SLOWEST_BYTES_PER_S
