"""Libraries that write to standard error on their own; our errors say what matters."""

import contextlib
import ctypes
import os
import sys
import warnings

from PIL import _imaging


def silence_libraries():
    """Stop Python's warnings, unless `-W` asks for them, and what libtiff prints."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    pillow = ctypes.CDLL(_imaging.__file__)  # finds the symbols of its libtiff, too
    for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
        with contextlib.suppress(AttributeError):  # a Pillow without it
            set_handler = getattr(pillow, name)
            set_handler.argtypes, set_handler.restype = [ctypes.c_void_p], None
            set_handler(None)


@contextlib.contextmanager
def quietly():
    """Drop what C++ writes to standard error, as TensorFlow while it is imported."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
