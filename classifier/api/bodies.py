"""The pictures in the body of a call as files, within the limits of the form."""

import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import UnreadablePostError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ..pictures import check_size_bytes
from ..pictures.upload_handlers import (
    FORM_BYTES,
    check_room,
    discard,
    no_room,
    refused_bytes,
)
from .problems import Problem

CHUNK_BYTES = 64 * 1024


def received_pictures(request):
    """Return the files of a call: parts named `file`, or its whole body."""
    if "Transfer-Encoding" in request.headers:
        raise Problem("length-needed")  # WSGI reads no further than Content-Length
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem("media-type-not-supported", _compressed())
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
    # The server keeps no more of a request than the largest picture needs.
    size_bytes = _size_bytes(request)
    if size_bytes > settings.MAX_UPLOAD_BYTES + FORM_BYTES:
        raise Problem("too-large", _too_large(size_bytes))
    files = request.FILES.getlist("file")
    check_room(request)
    check_size_bytes(refused_bytes(request) or 0)
    if not files:
        raise Problem("no-picture")
    return files


def _body(request):
    """Return the body as a file, so that no picture has to fit into memory whole."""
    size_bytes = _size_bytes(request)
    check_size_bytes(size_bytes)
    # Closed together with the request.
    file = tempfile.SpooledTemporaryFile(  # noqa: SIM115
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
    )
    try:
        while chunk := request.read(CHUNK_BYTES):
            file.write(chunk)
        file.seek(0)
    except UnreadablePostError:
        raise
    except OSError as error:
        discard(file)
        raise no_room(error) from error
    return UploadedFile(file, size=size_bytes)


def _size_bytes(request):
    return int(request.headers.get("Content-Length") or 0)


def _compressed():
    return _(
        "The body is compressed (Content-Encoding). Send it uncompressed; "
        "pictures are compressed already."
    )


def _too_large(size_bytes):
    return _(
        "This call is %(size)s; the limit is %(limit)s. Send fewer or smaller "
        "pictures at once."
    ) % {
        "size": filesizeformat(size_bytes),
        "limit": filesizeformat(settings.MAX_UPLOAD_BYTES),
    }
