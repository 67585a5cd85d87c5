"""The head of a request, read strictly: ambiguous heads are refused.

A refusal also closes the connection, so no other server in the chain can read the bytes
differently (request smuggling).
"""

import re
from collections import Counter

from django.conf import settings

SMALL_BODY_BYTES = 1 << 16  # enough for every address but uploads
LENGTH_DIGITS = 15

REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s]+ HTTP/1\.[01]")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")
LONE_LINE_FEED = re.compile(rb"(?<!\r)\n")
UPLOAD = re.compile(rb"POST [^ ?#]*/(upload|api/v1/classify)/*[ ?#]")
ONCE = (b"host", b"content-type")  # servers differ on which of two counts
FILE_TYPES = (b"multipart/form-data", b"image/", b"application/octet-stream")


class RefusedHead(Exception):
    """The head is answered at once with a status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class RequestHead:
    """The facts the worker's loop needs before the whole request is there.

    Raises:
        RefusedHead: the request is not to be received.
    """

    def __init__(self, head):
        line, *fields = head.split(b"\r\n")
        if not REQUEST_LINE.fullmatch(line):
            raise RefusedHead(400)
        fields = [_field(each) for each in fields]
        names = Counter(name for name, _value in fields)
        if any(names[name] > 1 for name in ONCE):
            raise RefusedHead(400)
        lengths = [value for name, value in fields if name == b"content-length"]
        if any(name == b"transfer-encoding" for name, _value in fields):
            raise RefusedHead(400 if lengths else 411)
        values = dict(fields)
        self.body_bytes = _body_bytes(lengths)
        self.wants_to_continue = values.get(b"expect", b"").lower() == b"100-continue"
        kind = values.get(b"content-type", b"").lower()
        upload = UPLOAD.match(line)
        is_file = kind.startswith(FILE_TYPES) or bool(upload and not kind)
        self.brings_file = line.startswith(b"POST ") and is_file
        self.is_large = self.body_bytes > min(
            SMALL_BODY_BYTES, settings.MAX_UPLOAD_BYTES
        )
        if self.is_large and not (upload and is_file):
            is_call = upload and upload[1] != b"upload"
            raise RefusedHead(415 if is_call else 413)


def _field(line):
    """Return a field's name in lower case, and its value."""
    if not (found := FIELD.fullmatch(line)):
        raise RefusedHead(400)  # folded, a blank before the colon, a lone line feed
    return found[1].lower(), found[2].rstrip(b" \t")


def _body_bytes(lengths):
    if not lengths:
        return 0
    if len(lengths) > 1 or not re.fullmatch(rb"[0-9]+", lengths[0]):
        raise RefusedHead(400)
    if len(lengths[0]) > LENGTH_DIGITS:
        raise RefusedHead(413)
    return int(lengths[0])
