"""Pictures of any mode -> 8 bits in colour or grey, transparent parts on white."""

import numpy as np
from PIL import Image


def opaque(picture):
    """Put transparent parts on white; return mode L or RGB."""
    if picture.mode.startswith(("I", "F")):
        return _rescale(picture)
    if picture.mode == "La":  # Pillow converts it to this mode alone
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def in_colour(picture):
    """Put transparent parts on white, as mode RGB; other pictures stay the same."""
    ground = opaque(picture)
    return ground if ground.mode == "RGB" else ground.convert("RGB")


def to_grey(picture):
    """Put transparent parts on white, as mode L; other pictures stay the same."""
    ground = opaque(picture)
    return ground if ground.mode == "L" else ground.convert("L")


def _rescale(picture):
    """Scale 16-bit, 32-bit and real-valued pixels to 8 bits; Pillow would clip them."""
    values = np.nan_to_num(np.asarray(picture, np.float64))
    lowest, highest = (0, 65535) if picture.mode.startswith("I;16") else _ends(values)
    scaled = (values - lowest) * (255 / max(highest - lowest, 1))
    return Image.fromarray(np.clip(scaled, 0, 255).round().astype(np.uint8))


def _ends(values):
    return min(values.min(), 0), max(values.max(), 1)
