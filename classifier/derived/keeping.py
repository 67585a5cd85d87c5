"""What is made of a kept picture when it is first asked for, and kept beside it.

It can be made again, so it is not synced to disk: one that a power cut left empty is as
good as none. A disk that takes nothing more serves it and does not keep it, and a
deletion meanwhile leaves nothing.
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
    """Give the decoded picture of an upload, a JPEG no smaller than a size.

    It reserves its pixels in the budget of uploads while it is in use, no place of one.

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
