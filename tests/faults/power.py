"""A file system with a power switch: only synced data survive.

The kernel shuts it down without writing anything more, as the tests of file systems do,
and replays its journal at the next mount. Needs Linux, root and ext4.
"""

import fcntl
import os
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

SIZE_BYTES = 4 << 30  # a sparse file
SECONDS_BETWEEN_COMMITS = 300  # else the kernel syncs all names every five seconds
SHUTDOWN = 0x8004587D  # ext4's and XFS's ioctl, in the kernel's fs/ext4/ext4.h
WITHOUT_LOG_FLUSH = 2


class PoweredDisk:
    """An ext4 of its own in a folder; its blocks are in the file `image`."""

    def __init__(self, folder, image):
        self.folder = folder
        self.image = image

    def make(self, size_bytes=SIZE_BYTES):
        with self.image.open("wb") as file:
            file.truncate(size_bytes)
        run("mkfs.ext4", "-q", self.image)
        self.folder.mkdir()
        self.mount()

    def mount(self):
        options = f"loop,commit={SECONDS_BETWEEN_COMMITS}"
        run("mount", "-o", options, self.image, self.folder)

    def unmount(self):
        run("umount", self.folder)

    def sync(self):
        """Write out all there is, as an hour of running would."""
        run("sync", "-f", self.folder)

    def cut(self):
        """Lose all unsynced data; writes fail until the next mount."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", WITHOUT_LOG_FLUSH))
        finally:
            os.close(descriptor)


@cache
def can_cut():
    """Tell whether this machine lets us mount a file system and shut it down."""
    with tempfile.TemporaryDirectory() as folder:
        disk = PoweredDisk(Path(folder, "disk"), Path(folder, "image"))
        try:
            disk.make(16 << 20)
        except (OSError, subprocess.CalledProcessError):
            return False
        try:
            disk.cut()
        except OSError:
            return False
        finally:
            disk.unmount()
    return True


def run(*command):
    subprocess.run(command, check=True, capture_output=True)
