"""Silences libraries that write to standard error; our own errors suffice."""

import contextlib
import ctypes
import os
import sys
import warnings

from PIL import _imaging


def silence_libraries():
    """Silence Python's warnings, unless `-W` asks for them, and libtiff's output."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    pillow = ctypes.CDLL(_imaging.__file__)  # also finds the symbols of its libtiff
    for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
        with contextlib.suppress(AttributeError):  # this Pillow has none
            set_handler = getattr(pillow, name)
            set_handler.argtypes, set_handler.restype = [ctypes.c_void_p], None
            set_handler(None)


@contextlib.contextmanager
def quietly():
    """Drop the output of C++ to standard error, like TensorFlow's at its import."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
