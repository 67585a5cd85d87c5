"""How a picture is turned: all that is kept of EXIF, decided here alone."""

from PIL import ExifTags, Image, ImageOps

ORIENTATION = ExifTags.Base.Orientation
XMP = ("xmp", "XML:com.adobe.xmp")
RAW_PROFILE = "Raw profile type"  # EXIF and more as texts of a PNG
TURNED = "turned"  # in a picture's `info`: how it was before it was made upright


def make_upright(picture):
    """Turn a decoded picture in place as EXIF says, and remember how it was.

    Its EXIF goes, so that nobody asks it again: it may be broken in any way.
    """
    orientation = _orientation(picture)
    for key in [key for key in picture.info if _is_metadata(key)]:
        del picture.info[key]
    picture._exif = None  # what was parsed stays there, broken or not
    if orientation != 1:
        picture.info["exif"] = turned(orientation)
        ImageOps.exif_transpose(picture, in_place=True)
        picture.info.pop("exif", None)
    picture.info[TURNED] = orientation


def turned_by(picture):
    """Return how a picture made upright was before, 1 where it was not turned."""
    return picture.info.get(TURNED, 1)


def _orientation(picture):
    """Return how EXIF says a picture is turned, 1 where it says nothing valid."""
    try:
        _forget_xmp(picture)
        orientation = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  a stranger's EXIF can raise anything
        return 1
    return int(orientation) if orientation in range(1, 9) else 1


def _is_metadata(key):
    return key == "exif" or key in XMP or str(key).startswith(RAW_PROFILE)


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
