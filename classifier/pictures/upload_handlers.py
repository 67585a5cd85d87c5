"""Upload handlers: stop storing a file at the size limit or when the disk is full."""

import contextlib
import logging
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    SkipFile,
    StopUpload,
    TemporaryFileUploadHandler,
)

from ..exceptions import StorageUnavailable

# A request up to this many times the limit is read to its end and discarded, so that
# the browser can show the answer; a larger one is cut off.
DRAINED_LIMITS = 5
FORM_BYTES = 1 << 20  # the rest of a form besides its picture

logger = logging.getLogger(__name__)


class LimitUploadHandler(FileUploadHandler):
    """Drops a file at its first byte over `MAX_UPLOAD_BYTES`.

    The request then lacks the file; `refused_bytes(request)` tells that it had one.
    """

    request: Any

    def handle_raw_input(
        self, input_data, META, content_length, boundary, encoding=None
    ):
        self.request_bytes = content_length

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self.request_bytes > DRAINED_LIMITS * settings.MAX_UPLOAD_BYTES:
            self._refuse()
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > settings.MAX_UPLOAD_BYTES:
            self._refuse()
            raise SkipFile
        return raw_data

    def _refuse(self):
        self.request.refused_bytes = self.request_bytes
        name, limit = ascii(self.file_name), settings.MAX_UPLOAD_BYTES
        logger.info("Refused %s: too_large (over %d bytes)", name, limit)

    def file_complete(self, file_size):
        return None  # the following handlers store the file


class RoomUploadHandler(TemporaryFileUploadHandler):
    """Drops a file when the disk is full, and reads on.

    An error here would reach the first reader of the form, which is not the view; with
    `check_room` the view reports it.
    """

    request: Any

    def new_file(self, *args, **kwargs):
        with self._dropping():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        with self._dropping():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size):
        with contextlib.suppress(SkipFile), self._dropping():
            return super().file_complete(file_size)  # flushes the buffer

    @contextlib.contextmanager
    def _dropping(self):
        try:
            yield
        except OSError as error:
            self.request.no_room = error
            if file := self.__dict__.pop("file", None):
                discard(file)
            raise SkipFile from error


def check_room(request):
    """Raise StorageUnavailable if the disk was too full for a file of the request."""
    if error := getattr(request, "no_room", None):
        raise no_room(error) from error


def discard(file):
    """Close a temporary file; flushing its buffer may fail on a full disk."""
    with contextlib.suppress(OSError):
        file.close()


def no_room(error):
    """Return the error for a temporary file that cannot be written."""
    return StorageUnavailable(
        f"Expected room for a temporary file, got {error.strerror}. Free disk space "
        "where temporary files are, or set TMPDIR to another folder."
    )


def refused_bytes(request):
    """Return the size of a request with a file over the limit, else None."""
    return getattr(request, "refused_bytes", None)
