"""A threaded gunicorn worker in which slow clients occupy no thread.

gunicorn's own threaded worker gives a thread to each request from its first byte to the
last byte of its answer, and its loop waits for clients that keep the connection open.
Here the loop receives requests and sends answers, and threads only compute. Requests
that arrive while all threads are busy wait in a short queue; beyond that they are
refused at once.

TLS ends in front of this worker.
"""

import contextlib
import errno
import selectors
import time
import traceback
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

from classifier.error_pages import refusal
from classifier.exceptions import Overloaded, StorageUnavailable

from .admission import Admission
from .buffers import Arrival, BufferedSocket
from .connections import Connections, least_to_lose
from .pace import Pace

HEAD_S = 10
LINGER_S = 2
NO_MORE_FILES = (errno.EMFILE, errno.ENFILE)
NO_LISTENER = (errno.EBADF, errno.EINVAL, errno.ENOTSOCK)


class BufferingWorker(ThreadWorker):
    """Threads that get complete requests from a loop that waits for all clients."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = {}  # connection -> deadline; the longest waiting comes first
        self.connections = Connections(self.worker_connections)
        self.admission = Admission(self.cfg.threads)
        self.uploads = {}  # connection -> job of its upload

    def accept(self, listener):
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            return self._cannot_accept(error)
        try:
            self._make_room(client)
            conn = TConn(self.cfg, BufferedSocket(sock), client, listener.getsockname())
        except Exception as error:  # noqa: BLE001  one stranger's connection
            self._log(error)
            return sock.close()
        conn.data_ready = True
        self.nr_conns += 1
        self.connections.add(conn)
        self._guarded(conn, partial(self._wait, conn, HEAD_S, self._receive))

    def _cannot_accept(self, error):
        if error.errno in NO_LISTENER:
            raise error
        if error.errno in NO_MORE_FILES:
            self._drop_first(self.waiting)
        else:
            self._log(error)  # Linux reports network errors of the connection here

    def _make_room(self, client):
        """Close a connection when there are too many, in all or from one address."""
        if self.connections.has_enough_of(client):
            self._drop_first(self.connections.waiting_of(client, self.waiting))
            if self.connections.has_enough_of(client):
                raise ConnectionRefusedError("its address has enough in hand")
        if self.nr_conns + 1 >= self.worker_connections:
            self._drop_first(self.waiting)

    def is_parent_alive(self):
        if super().is_parent_alive():
            return True
        self.alive = False  # so that answers close their connections
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()  # the next master needs the address
        return False

    def handle_request(self, req, conn):
        try:
            return super().handle_request(req, conn)
        except BaseException:
            conn.sock.is_broken = conn.sock.arrival.is_answered
            raise

    def handle_error(self, req, client, addr, exc):
        super().handle_error(req, client, ("unnamed", 0), exc)  # no address in the log

    def finish_request(self, conn, future):
        if job := self.uploads.pop(conn, None):
            self.admission.end(job)
            self._run_uploads()
        else:
            self.admission.others_in_hand -= 1
        failed = future.cancelled() or future.exception()
        if conn.sock.is_broken:
            return self._drop(conn)
        keepalive = not failed and future.result()
        self._guarded(conn, partial(self._answer, conn, keepalive=keepalive))

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
            self.waiting[conn] = time.monotonic() + HEAD_S
        if arrival.feed(data):
            self._expect_body(conn)
        elif conn.sock.pace:
            conn.sock.pace.move(len(data))
            self.waiting[conn] = conn.sock.pace.until
        if arrival.is_complete:
            self._stop_waiting(conn)
            self.connections.large.pop(conn, None)
            self._hand_on(conn)
        elif newest := self.connections.newest_beyond_the_sum():
            self._stop_waiting(newest)
            self._guarded(newest, partial(self._refuse, newest, Overloaded))

    def _expect_body(self, conn):
        arrival = conn.sock.arrival
        conn.sock.pace = Pace(arrival.expected_bytes)
        self.waiting[conn] = conn.sock.pace.until
        if arrival.is_large:
            self.connections.large[conn] = True
        if arrival.wants_to_continue and not arrival.is_complete:
            conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            arrival.is_answered = False

    def _hand_on(self, conn):
        """Give a complete request to a thread, or refuse it when too much waits."""
        arrival = conn.sock.arrival
        if error := self._refused_for(arrival):
            return self._refuse(conn, error)
        if not arrival.brings_file:
            self.admission.others_in_hand += 1
            return self.enqueue_req(conn)
        size_bytes = arrival.received_bytes
        if wait_s := self.admission.seconds_too_long(size_bytes):
            return self._refuse(conn, Overloaded, wait_s)
        self.uploads[conn] = self.admission.add(conn, size_bytes)
        self._run_uploads()

    def _run_uploads(self):
        """Give threads the uploads that have places, in their order."""
        while job := self.admission.next():
            conn = job.work
            if self.admission.is_too_late(job):
                self.admission.end(self.uploads.pop(conn), has_run=False)
                wait_s = self.admission.seconds_too_long(job.size_bytes) or 1
                self._guarded(conn, partial(self._refuse, conn, Overloaded, wait_s))
            else:
                self.enqueue_req(conn)

    def _refuse(self, conn, error, wait_s=None):
        conn.sock.arrival.release()
        head = bytes(conn.sock.arrival.head)
        conn.sock.sendall(refusal(head, error, wait_s))
        self._answer(conn, keepalive=False)

    def _refused_for(self, arrival):
        """Return the error or the status that refuses a request, or None."""
        if arrival.refused_by:
            return arrival.refused_by
        if arrival.no_room:
            self.log.error("A request finds no room on the disk: %s", arrival.no_room)
            return StorageUnavailable
        is_full = self.admission.others_in_hand >= self.admission.most
        return Overloaded if is_full and not arrival.brings_file else None

    def _answer(self, conn, keepalive):
        finish = partial(self._finish, keepalive=keepalive)
        if unsent := conn.sock.unsent_bytes:
            flush = partial(self._flush, finish=finish)
            conn.sock.pace = Pace(unsent)
            self._wait(conn, 0, flush, selectors.EVENT_WRITE)
            self.waiting[conn] = conn.sock.pace.until
            if slowest := self.connections.slowest_beyond_the_sum(self.waiting):
                self._drop(slowest)
        else:
            finish(conn)

    def _flush(self, conn, finish):
        if conn.sock.flush():
            self._stop_waiting(conn)
            finish(conn)
        else:
            self.waiting[conn] = conn.sock.pace.until

    def _finish(self, conn, keepalive):
        """Wait for the next request, or for the client to have read the answer."""
        arrival, conn.sock.pace = conn.sock.arrival, None
        conn.sock.is_paced = False
        if keepalive and self.alive and arrival.is_exact:
            arrival.close()
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
            self._guarded(conn, partial(callback, conn))

    def _guarded(self, conn, serve):
        """Serve one connection; an exception ends this connection alone."""
        try:
            serve()
        except OSError:  # the client is gone
            self._drop(conn)
        except Exception as error:  # noqa: BLE001  the other connections go on
            self._log(error)
            self._drop(conn)

    def _log(self, error):
        """Log the traceback without the message, which may quote the request."""
        where = "".join(traceback.format_tb(error.__traceback__))
        self.log.error("A connection is given up: %s\n%s", type(error).__name__, where)

    def _stop_waiting(self, conn):
        if self.waiting.pop(conn, None) is not None:
            with contextlib.suppress(KeyError, ValueError, OSError):  # never registered
                self.poller.unregister(conn.sock)

    def _drop_first(self, candidates):
        """Make room: close the waiting connection that has the least to lose."""
        if candidates:
            self._drop(min(candidates, key=least_to_lose))

    def _drop(self, conn):
        self._stop_waiting(conn)
        if self.connections.remove(conn):
            self.nr_conns -= 1
            conn.sock.discard()
