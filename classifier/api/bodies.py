"""The pictures in the body of a call, as files, within the form's limits."""

import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from ..pictures import check_size_bytes
from ..upload_handlers import DRAINED_LIMITS, refused_bytes
from .problems import Problem

CHUNK_BYTES = 64 * 1024


def received_pictures(request):
    """Return the files that a call brought: parts named `file`, or its whole body."""
    if "Transfer-Encoding" in request.headers:
        raise Problem("length-needed")  # WSGI reads no further than Content-Length
    if request.content_type == "multipart/form-data":
        return _parts(request)
    if _is_picture_type(request.content_type):
        return [_body(request)]
    raise Problem("media-type-not-supported")


def _is_picture_type(content_type):
    return content_type.startswith("image/") or content_type in (
        "",
        "application/octet-stream",
    )


def _parts(request):
    files = request.FILES.getlist("file")
    check_size_bytes(refused_bytes(request) or 0)
    if not files:
        raise Problem("no-picture")
    return files


def _body(request):
    """Return the body as a file; a picture of any size never sits whole in memory."""
    size_bytes = int(request.headers.get("Content-Length") or 0)
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        _drain(request, size_bytes)
        check_size_bytes(size_bytes)
    # Closed when the request is gone.
    file = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115
    for chunk in _chunks(request):
        file.write(chunk)
    file.seek(0)
    return UploadedFile(file, size=size_bytes)


def _drain(request, size_bytes):
    """Read what is not wanted to its end, so that the client gets to the answer."""
    if size_bytes <= DRAINED_LIMITS * settings.MAX_UPLOAD_BYTES:
        for _chunk in _chunks(request):
            pass


def _chunks(request):
    return iter(lambda: request.read(CHUNK_BYTES), b"")
