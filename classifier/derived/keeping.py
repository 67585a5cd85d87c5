"""Storage of derived files: made at the first request, then kept beside the picture.

They can be made again, so they are not synced to disk: an empty one after a power cut
counts as missing. On a full disk they are served without being stored, and a concurrent
deletion leaves none.
"""

import logging
from contextlib import contextmanager

from .. import durable_files, pictures
from ..exceptions import HistoryUnavailable, UnreadablePicture
from ..limits.concurrency import pixel_budget
from ..spool import records

logger = logging.getLogger(__name__)


def kept(upload, name):
    """Return the bytes of an upload's derived file, None if it does not exist."""
    try:
        return pictures.path(upload.stored_name, name).read_bytes() or None
    except FileNotFoundError:
        return None


def keep(upload, name, content):
    """Store a derived file if the disk has room and the upload still exists."""
    path = pictures.path(upload.stored_name, name)
    try:
        durable_files.put(path, content)
        if records.find(upload.id) is None:
            pictures.remove(upload.stored_name)
    except (OSError, HistoryUnavailable) as error:
        path.unlink(missing_ok=True)
        logger.warning("%s was made and is not kept: %s", path.name, error)


@contextmanager
def original(upload, size):
    """Return the decoded picture of an upload, a JPEG no smaller than a size.

    While in use, it reserves its pixels in the pixel budget of uploads, but no place.

    Raises:
        FileNotFoundError: it is gone, or damaged.
    """
    path = pictures.path(upload.stored_name)
    try:
        with path.open("rb") as file:
            found = pictures.PictureFile(file)
            with pixel_budget.reserved(found.memory_pixels), found:
                found.decode(size)
                yield found.picture
    except UnreadablePicture as error:
        raise FileNotFoundError(f"{path.name} is damaged: {error}") from error
