"""The machine: folders, disks and limits of the process."""

import os
import resource
import shutil
import tempfile

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from .finding import Finding

ENOUGH_DISK_BYTES = 1 << 30
LOW_DISK_SHARE = 0.1
ENOUGH_FILES = 1024  # a process's connections, and the files of its uploads


def folder(name, path):
    part = f"{name} ({path})"
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"\0")
            os.fsync(file.fileno())
        total, _used, free = shutil.disk_usage(path)
    except OSError as error:
        cure = _("Create the folder, or repair its permissions or its disk.")
        return Finding(part, _why_not(error), cure)
    said = _("%(size)s free") % {"size": filesizeformat(free)}
    if free < ENOUGH_DISK_BYTES:
        return Finding(part, said, _("Free disk space, or move the folder."))
    if free < total * LOW_DISK_SHARE:
        advice = _(
            "Less than a tenth of the disk is free. Free some space before it is full."
        )
        return Finding(part, said, advice=advice)
    return Finding(part, said)


def _why_not(error):
    """Return the reason why a folder is not writable, translated if common."""
    if isinstance(error, FileNotFoundError):
        return _("does not exist")
    if isinstance(error, PermissionError):
        return _("is not writable")
    return error.strerror


def file_limits():
    part = _("limits of the process")
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files < ENOUGH_FILES:
        said = _("%(count)d open files") % {"count": files}
        return Finding(part, said, f"ulimit -n {ENOUGH_FILES}")
    size, _hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if size != resource.RLIM_INFINITY and size < settings.MAX_UPLOAD_BYTES:
        said = _("files of at most %(size)s") % {"size": filesizeformat(size)}
        return Finding(part, said, "ulimit -f unlimited")
    return Finding(part, _("%(count)d open files") % {"count": files})
