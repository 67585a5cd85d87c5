"""Uploaded pictures: limits, safe decoding, storage, removal.

The format is recognised from the bytes alone, never from the name or the media type.
"""

from .cut_short import is_cut_short, part
from .decoding import open_picture
from .formats import FORMAT_NAMES, FORMATS, SHOWN_MEDIA_TYPES
from .limits import check_size_bytes
from .picture_file import PictureFile
from .storage import (
    CARD,
    DERIVED,
    HEAT_MAP,
    HEAT_MAPS,
    PREVIEW,
    THUMBNAIL,
    discard,
    is_set_aside,
    path,
    put_back,
    remove,
    set_aside,
    store,
)
from .without_metadata import KEPT_SIZE, without_metadata

__all__ = [
    "CARD",
    "DERIVED",
    "HEAT_MAP",
    "HEAT_MAPS",
    "FORMATS",
    "FORMAT_NAMES",
    "KEPT_SIZE",
    "PREVIEW",
    "PictureFile",
    "SHOWN_MEDIA_TYPES",
    "THUMBNAIL",
    "check_size_bytes",
    "discard",
    "is_cut_short",
    "is_set_aside",
    "open_picture",
    "part",
    "path",
    "put_back",
    "remove",
    "set_aside",
    "store",
    "without_metadata",
]
