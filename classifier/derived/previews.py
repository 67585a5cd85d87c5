"""Previews and thumbnails of pictures: made at the first request, then kept.

A list requests a hundred at once: a process makes one after the other, and leaves most
of its threads to other pages.
"""

import io
import threading
from contextlib import contextmanager

from PIL import Image

from ..exceptions import Overloaded, StorageUnavailable
from ..limits import locks
from ..pictures import PREVIEW, THUMBNAIL
from ..pictures.previews import as_shown
from . import keeping

MEDIA_TYPE = "image/webp"
SIZES = {PREVIEW: (800, 800), THUMBNAIL: (160, 160)}
# Fewer than the eight threads of a process; a browser requests six pictures at once.
MOST_WAITING = 6
OPTIONS = {"quality": 75, "method": 1}  # 16 ms, a fifth of the default's time

_waiting = threading.BoundedSemaphore(MOST_WAITING)
_turn = threading.Lock()


def content(upload, name):
    """Return the WebP of a preview or a thumbnail.

    Raises:
        FileNotFoundError: the picture is gone.
        Overloaded: too many others are waiting.
    """
    if content := keeping.kept(upload, name):
        return content
    with _in_turn():
        try:
            with locks.exclusive(f"{upload.id}.{name}"):
                return keeping.kept(upload, name) or _made(upload, name)
        except StorageUnavailable:  # a full disk can still be read
            return _drawn(upload, name)


@contextmanager
def _in_turn():
    if not _waiting.acquire(blocking=False):
        raise Overloaded(f"{MOST_WAITING} small pictures are being made.")
    try:
        with _turn:
            yield
    finally:
        _waiting.release()


def _made(upload, name):
    content = _drawn(upload, name)
    keeping.keep(upload, name, content)
    return content


def _drawn(upload, name):
    size = SIZES[name]
    if name == THUMBNAIL and (preview := keeping.kept(upload, PREVIEW)):
        return _encoded(Image.open(io.BytesIO(preview), formats=["WEBP"]), size)
    with keeping.original(upload, size) as picture:
        return _encoded(picture, size)


def _encoded(picture, size):
    file = io.BytesIO()
    as_shown(picture, size).save(file, "WEBP", **OPTIONS)
    return file.getvalue()
