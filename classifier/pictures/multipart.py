"""Part headers of a form: file names in any encoding and of any length.

Django skips a part with a header that is not UTF-8, with a file name that is empty
without its folders, or with an unknown encoding, and refuses forms with a header over
1,024 bytes. It has no setting for these, so its function for headers is wrapped.
"""

import re
from email.message import Message
from functools import partial

from django.http import multipartparser

from .file_names import base_name, decoded

MAX_HEAD_BYTES = 1 << 16
# A name has at most 255 characters; the parser copies the rest at each semicolon.
MAX_SEMICOLONS = 300
DISPOSITION = re.compile(rb"content-disposition[ \t]*:", re.IGNORECASE)

_parse = multipartparser.parse_boundary_stream  # type: ignore[attr-defined]


def install():
    """Replace Django's parser of headers by `parse_boundary_stream`."""
    multipartparser.parse_boundary_stream = (  # type: ignore[attr-defined]
        parse_boundary_stream
    )


def parse_boundary_stream(stream, max_header_size):
    """Return Django's result for a part whose headers were converted to UTF-8."""
    start = stream.read(MAX_HEAD_BYTES)
    head, end, content = start.partition(b"\r\n\r\n")
    if end:
        lines = map(partial(_readable, has_content=bool(content)), head.split(b"\r\n"))
        start = b"\r\n".join(lines) + end + content
    stream.unget(start)
    return _parse(stream, MAX_HEAD_BYTES)


def _readable(line, has_content):
    if not DISPOSITION.match(line):
        return line if line.isascii() else b""
    if line.count(b";") > MAX_SEMICOLONS:
        return b""
    parameters = _parameters(decoded(line))
    named = f'Content-Disposition: form-data; name="{_quoted(parameters.get("name"))}"'
    # Browsers send an empty name without content if no file was chosen.
    if "filename" in parameters and (parameters["filename"] or has_content):
        # Django unescapes HTML once more.
        name = base_name(parameters["filename"]).replace("&", "&amp;")
        named += f'; filename="{_quoted(name)}"'
    return named.encode(errors="replace")


def _parameters(line):
    """Return the parameters of a header line, with RFC 2231 and its errors decoded."""
    message = Message()
    message["Content-Type"] = re.sub(r"[\r\n\0]", " ", line.partition(":")[2])
    return {name.lower(): _text(value) for name, value in message.get_params() or []}


def _text(value):
    if isinstance(value, str):
        return value
    encoding, _language, text = value
    content = text.encode("latin-1", "replace")
    try:
        return content.decode(encoding or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decoded(content)


def _quoted(text):
    return (text or "").replace("\\", "\\\\").replace('"', '\\"')
