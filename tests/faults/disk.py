"""A file system of its own for a folder, which can be full; needs Linux and root."""

import os
import subprocess

SIZE_BYTES = 2 << 30  # at most: it takes no more memory than its files


class Disk:
    """The file system in a folder, once it is mounted."""

    def __init__(self, folder):
        self.folder = folder
        self.is_mounted = False

    def mount(self):
        """Make it where the system lets us."""
        self.folder.mkdir()
        try:
            self.is_mounted = self._mount(f"size={SIZE_BYTES}")
        except FileNotFoundError:  # a system without mount
            self.is_mounted = False

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", self.folder], check=True)

    def fill(self):
        """Leave no room for anything more."""
        while not self._mount(f"remount,size={self._used_bytes()}"):
            pass  # something was written meanwhile

    def empty(self):
        """Leave room again."""
        self._mount(f"remount,size={SIZE_BYTES}")

    def _used_bytes(self):
        status = os.statvfs(self.folder)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def _mount(self, options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder]
        return not subprocess.run(command, stderr=subprocess.DEVNULL).returncode
