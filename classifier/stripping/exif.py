"""How a picture is turned: all that is kept of EXIF."""

from PIL import Image

from ..preprocessing import ORIENTATION


def orientation(file):
    """Return how a viewer must turn the picture, 1 where it says nothing."""
    try:
        with Image.open(file) as picture:
            return picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  a stranger's EXIF can raise anything
        return 1


def turned(orientation):
    """Return an EXIF block that says only how to turn the picture."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes()
