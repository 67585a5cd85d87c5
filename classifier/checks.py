"""System checks: problems that an operator can fix before the first visitor.

Most are warnings. An error would stop `migrate` and thereby the service, although pages
that explain the problem serve visitors better.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Warning, register

from .exceptions import NetworkUnavailable
from .history.scans import MAX_PARTITIONS
from .networks import checkpoints


@register()
def check_checkpoint(app_configs, **kwargs):
    """Check for a complete checkpoint to serve; its weights are not loaded here."""
    try:
        checkpoints.served()
    except NetworkUnavailable as error:
        return [
            Warning(
                str(error),
                hint="Until then uploads are answered with a page that says so (503).",
                id="classifier.W001",
            )
        ]
    return []


@register()
def check_media_folder(app_configs, **kwargs):
    """Check that uploaded pictures can be written."""
    folder = Path(settings.MEDIA_ROOT)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return []
    return [
        Warning(
            f"{folder} cannot be written, so no upload can be kept.",
            hint="Mend the folder's owner, or set MEDIA_ROOT to another one.",
            id="classifier.W002",
        )
    ]


@register()
def check_shards(app_configs, **kwargs):
    """Check that a day has at least one partition, and few enough for one page."""
    if 1 <= settings.HISTORY_SHARDS <= MAX_PARTITIONS:
        return []
    return [
        Error(
            f"Expected HISTORY_SHARDS from 1 to {MAX_PARTITIONS}, "
            f"got {settings.HISTORY_SHARDS}.",
            hint="One shard takes thousands of uploads an hour; few sites need four.",
            id="classifier.E001",
        )
    ]
