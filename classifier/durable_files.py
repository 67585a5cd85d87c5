"""Files that are complete or absent, even after a power cut."""

import os
import threading
from contextlib import contextmanager

# Folders whose own names this process has synced, up to the topmost one.
_synced = {}  # path -> (topmost folder, device, inode)
MOST_REMEMBERED = 1000


def create(path, write):
    """Write a file under a temporary name, sync it, and give it its name.

    An existing file of that name stays as it is. The name itself survives a power cut
    after `sync_folders`.

    Args:
        path: of the file.
        write: takes the open binary file.

    Returns:
        whether the file was made.
    """
    beside = part(path)
    try:
        if path.exists():
            return False
        with beside.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        return _name(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def keep(path, content, root):
    """Make a small file and its folder, below `root`; both survive a power cut.

    Raises:
        OSError: the file may not be on disk.
    """
    top = make_folder(path.parent, root)
    create(path, lambda file: file.write(content))
    sync_folders(path.parent, top)


@contextmanager
def replacing(path):
    """Open a binary file that replaces another once it is complete.

    If the body raises, the old file stays and the new one is removed.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def put(path, content):
    """Write a small file that can be made again: whole or not at all, but not synced.

    One that has the name is replaced.
    """
    beside = part(path)
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def sync(path):
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path, content):
    """Give a small file other content, at once and for good; a reader sees no half."""
    with replacing(path) as file:
        file.write(content)
    sync(path.parent)


def part(path):
    """Return the temporary name of a file that is being written."""
    return path.with_name(f".{path.name}.part")


def make_folder(folder, root):
    """Make a folder with its parents; return the topmost folder to sync with it.

    That is `root`, because another process may just have made the folders below, or the
    parent of the topmost new folder if `root` or a parent of it is new.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    folder.mkdir(parents=True, exist_ok=True)
    return min(there, root, key=lambda each: len(each.parts))


def sync_folders(folder, top):
    """Make the names in a folder and its parents survive a power cut.

    The parents are synced once by each process for the same folder.

    Args:
        folder: the folder.
        top: the last parent to sync, from `make_folder`.
    """
    stat = folder.stat()
    identity = (top, stat.st_dev, stat.st_ino)
    sync(folder)
    if folder == top or _synced.get(folder) == identity:
        return
    for each in folder.parents:
        sync(each)
        if each == top:
            break
    if len(_synced) >= MOST_REMEMBERED:
        _synced.clear()
    _synced[folder] = identity


def _name(beside, path):
    """Give a complete file its name, unless the name is taken."""
    try:
        os.link(beside, path)  # unlike a rename, it replaces nothing
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        beside.rename(path)
    return True
