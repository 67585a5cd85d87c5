"""The orientation of a picture: the only part of EXIF in use, decided here alone."""

from PIL import ExifTags, Image, ImageOps

ORIENTATION = ExifTags.Base.Orientation
XMP = ("xmp", "XML:com.adobe.xmp")
RAW_PROFILE = "Raw profile type"  # EXIF and more as texts in a PNG
TURNED = "turned"  # the original orientation, in a picture's `info`


def make_upright(picture):
    """Turn a decoded picture upright in place, and remember its orientation.

    Its EXIF is removed, because it may be broken in any way.
    """
    orientation = _orientation(picture)
    for key in [key for key in picture.info if _is_metadata(key)]:
        del picture.info[key]
    picture._exif = None  # parsed EXIF stays there, even if broken
    if orientation != 1:
        picture.info["exif"] = turned(orientation)
        ImageOps.exif_transpose(picture, in_place=True)
        picture.info.pop("exif", None)
    picture.info[TURNED] = orientation


def turned_by(picture):
    """Return the original orientation of an upright picture, 1 if it was not turned."""
    return picture.info.get(TURNED, 1)


def _orientation(picture):
    """Return the orientation in EXIF, 1 without a valid one."""
    try:
        _forget_xmp(picture)
        orientation = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  hostile EXIF can raise anything
        return 1
    return int(orientation) if orientation in range(1, 9) else 1


def _is_metadata(key):
    return key == "exif" or key in XMP or str(key).startswith(RAW_PROFILE)


def _forget_xmp(picture):
    """Drop XMP, because browsers ignore its orientation and Pillow does not."""
    for key in XMP:
        picture.info.pop(key, None)
    if content := picture.info.get("exif"):
        exif = Image.Exif()
        exif.load(content)
        if ORIENTATION not in exif:  # Pillow may have read XMP's orientation already
            picture.getexif().pop(ORIENTATION, None)


def turned(orientation):
    """Return an EXIF block with only the orientation."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes()
