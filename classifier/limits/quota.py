"""Daily quotas: the bytes of pictures from one sender and from all.

They are counted over all processes in the default database, like calls; uploads go
uncounted while it is away. A reserve of the disk is left to Cassandra and the spool.
"""

import contextlib
import shutil

from django.conf import settings

from ..exceptions import QuotaUsedUp, StorageFull
from ..pictures.limits import size_bytes_of
from .callers import caller
from .rates import count

DAY_S = 24 * 3600
IN_ALL = "bytes-in-all"


def take(request, files):
    """Count the bytes of a request's pictures before any of them is kept.

    Raises:
        QuotaUsedUp: the sender's quota is used up; nothing was counted.
        StorageFull: the quota for all is used up, or the disk is nearly full.
    """
    size_bytes = sum(map(size_bytes_of, files))
    _check_disk(size_bytes)
    limit = settings.UPLOAD_BYTES_PER_DAY
    if wait_s := count(f"bytes-{caller(request)}", limit, DAY_S, size_bytes):
        raise QuotaUsedUp(limit, wait_s)
    limit = settings.UPLOAD_BYTES_PER_DAY_IN_ALL
    if wait_s := count(IN_ALL, limit, DAY_S, size_bytes):
        raise StorageFull(f"All senders together sent {limit} bytes in a day.", wait_s)


def _check_disk(size_bytes):
    if not settings.DISK_RESERVE_BYTES:
        return
    with contextlib.suppress(OSError):  # not there yet; storing a picture makes it
        free = shutil.disk_usage(settings.MEDIA_ROOT).free
        if free - size_bytes < settings.DISK_RESERVE_BYTES:
            raise StorageFull(f"{settings.MEDIA_ROOT} has {free} bytes free.")
