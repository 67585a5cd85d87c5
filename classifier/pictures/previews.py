"""Smaller copies of a picture for pages."""

from PIL import Image

from .modes import to_grey


def as_shown(picture, size):
    """Return a copy no larger than `size`, in a mode that WebP supports."""
    picture = _reduced(picture, size)
    if picture.mode.startswith(("I", "F")):
        picture = to_grey(picture)
    shown = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    shown.thumbnail(size)
    return shown


def _reduced(picture, size):
    """Return a smaller picture, still above `size`, to save memory later on."""
    if picture.mode.startswith(("I", "F")) and max(picture.size) > max(size):
        scale = max(size) / max(picture.size)  # the next steps take 40 bytes a pixel
        fitting = [max(1, round(length * scale)) for length in picture.size]
        return picture.resize(fitting, Image.Resampling.NEAREST)
    factor = max(picture.size) // (2 * max(size))
    if factor < 2 or min(picture.size) < factor:
        return picture
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture.reduce(factor)
    reduced = [length // factor for length in picture.size]
    return picture.resize(reduced, Image.Resampling.NEAREST)
