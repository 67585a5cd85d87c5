"""Receiving a request's files: stop keeping bytes where the limit is."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

# A request up to this many times the limit is read to its end and thrown away, so
# that a browser gets to see the answer; a larger one is cut off.
DRAINED_LIMITS = 5


class LimitUploadHandler(FileUploadHandler):
    """Drop a file at its first byte over `MAX_UPLOAD_BYTES`.

    The request then has no such file; `refused_bytes(request)` says that it had one.
    """

    def handle_raw_input(
        self, input_data, META, content_length, boundary, encoding=None
    ):
        self.request_bytes = content_length

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self.request_bytes > DRAINED_LIMITS * settings.MAX_UPLOAD_BYTES:
            self.request.refused_bytes = self.request_bytes
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > settings.MAX_UPLOAD_BYTES:
            self.request.refused_bytes = self.request_bytes
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None  # the handlers after this one make the file


def refused_bytes(request):
    """Return the size of a request that had a file over the limit, else None."""
    return getattr(request, "refused_bytes", None)
