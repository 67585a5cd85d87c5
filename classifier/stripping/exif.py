"""How a picture is turned: all that is kept of EXIF."""

from PIL import Image, ImageOps

from ..preprocessing import ORIENTATION

XMP = ("xmp", "XML:com.adobe.xmp")


TURNED = "turned"  # in a picture's `info`: how it was before it was made upright


def make_upright(picture):
    """Turn a decoded picture in place as EXIF says, and remember how it was."""
    _forget_xmp(picture)
    picture.info[TURNED] = picture.getexif().get(ORIENTATION, 1)
    ImageOps.exif_transpose(picture, in_place=True)


def turned_by(picture):
    """Return how a picture made upright was before, 1 where it was not turned."""
    return picture.info.get(TURNED, 1)


def _forget_xmp(picture):
    """Drop XMP, which browsers ignore; Pillow turns pictures by it."""
    for key in XMP:
        picture.info.pop(key, None)
    if content := picture.info.get("exif"):
        exif = Image.Exif()
        exif.load(content)
        if ORIENTATION not in exif:  # Pillow may have read XMP's already
            picture.getexif().pop(ORIENTATION, None)


def turned(orientation):
    """Return an EXIF block that says only how to turn the picture."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes()
