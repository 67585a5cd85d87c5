"""A disk without room, as a process sees it that may write no large file."""

import contextlib
import resource


@contextlib.contextmanager
def files_of_at_most(size_bytes):
    """Let this process write no file beyond a size, anywhere."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
