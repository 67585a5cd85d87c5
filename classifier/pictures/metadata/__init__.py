"""Removal of metadata: places, people, devices.

Only parts that are known to make up the picture are kept. Pixels stay bit for bit the
same, and so does a file without metadata. Independent of Django.
"""

import contextlib
import struct

from . import exif, gif, heif, jpeg, png, webp
from .exceptions import NotStripped

__all__ = [
    "MAX_PARTS",
    "NotStripped",
    "cicp",
    "exif",
    "has_too_many_parts",
    "jpeg",
    "strip",
]

# A picture has some hundreds; tens of thousands keep a decoder busy for minutes.
MAX_PARTS = 10_000
PARTS = {
    b"\xff\xd8": jpeg.parts,
    png.SIGNATURE: png.parts,
    b"RIFF": webp.parts,
    b"GIF8": gif.parts,
}
CODES = {"PNG": png.cicp, "AVIF": heif.cicp}

STRIPPERS = {
    "JPEG": jpeg.strip,
    "MPO": jpeg.strip,
    "PNG": png.strip,
    "WEBP": webp.strip,
    "GIF": gif.strip,
    "HEIF": heif.strip,
    "AVIF": heif.strip,
}


def strip(file, format, orientation=1):
    """Return the bytes of a picture without metadata, except for its orientation.

    Args:
        file: binary file of a decodable picture.
        format: its format, by Pillow's name.
        orientation: EXIF's number for the rotation by a viewer.

    Raises:
        NotStripped: the decoded pixels must be stored instead.
    """
    if format not in STRIPPERS:
        raise NotStripped(f"{format} is not taken apart.")
    file.seek(0)
    try:
        return b"".join(STRIPPERS[format](file.read(), orientation))
    except (IndexError, KeyError, struct.error) as error:
        raise NotStripped(f"This {format} ends early: {error!r}") from error


def cicp(file, format):
    """Return the code points of a picture's colours that Pillow ignores."""
    if format not in CODES:
        return None
    file.seek(0)
    content = file.read()
    file.seek(0)
    with contextlib.suppress(NotStripped, IndexError, struct.error):
        return CODES[format](content)
    return None


def has_too_many_parts(file):
    """Tell whether comments or junk in a file are built to keep a decoder busy."""
    file.seek(0)
    content = file.read()
    file.seek(0)
    for signature, parts in PARTS.items():
        if content.startswith(signature):
            with contextlib.suppress(
                NotStripped, IndexError, struct.error
            ):  # the end of the file
                return any(
                    number > MAX_PARTS for number, _ in enumerate(parts(content))
                )
    return False
