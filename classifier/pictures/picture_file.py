"""A picture in a file, from its header to the copy that is stored."""

import functools
import hashlib
import io

from . import decoding
from .cut_short import is_cut_short, part
from .limits import memory_pixels
from .without_metadata import without_metadata


class PictureFile:
    """A hostile file: its header is read at once, its pixels by `decode()`.

    As a context manager it frees the pixels at the end.
    """

    def __init__(self, file):
        """Read the header.

        Args:
            file: binary file. It is read once: a large upload is on disk, and would
                be read five times.

        Raises:
            UnreadablePicture: its format or its size is not accepted.
        """
        file.seek(0)
        self.file = io.BytesIO(file.read())
        self.picture = decoding.read_header(self.file)
        self.sent_size = self.picture.size

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.picture = None

    @property
    def memory_pixels(self):
        """The share of the pixel budget that decoding needs."""
        return memory_pixels(self.picture)

    def decode(self, size=decoding.ANSWERED_SIZE):
        """Decode the picture, upright and in sRGB; a large JPEG at least at `size`.

        Raises:
            UnreadablePicture: it is damaged, or too few rows arrived.
        """
        decoding.decode(self.picture, size)

    @property
    def size(self):
        """Width and height in the file, of the rows that arrived, upright."""
        width, height = self.sent_size
        height = round(height * part(self.picture))
        is_wide = self.picture.width > self.picture.height
        return (height, width) if is_wide != (width > height) else (width, height)

    @property
    def is_cut_short(self):
        return is_cut_short(self.picture)

    def without_metadata(self):
        """Return the stored form of the file, as a binary file, and its Format."""
        return without_metadata(self.file, self.picture)

    @functools.cached_property
    def size_bytes(self):
        return self.file.seek(0, 2)

    @functools.cached_property
    def sha256(self):
        """The digest of the original file, in hexadecimal."""
        self.file.seek(0)
        digest = hashlib.sha256()
        while chunk := self.file.read(1 << 20):
            digest.update(chunk)
        return digest.hexdigest()
