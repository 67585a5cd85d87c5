"""Colour management: pictures of any colour space -> sRGB, as in browsers.

A profile that is broken, of another kind than the picture, or close to sRGB changes
nothing. Independent of Django.
"""

from PIL import Image

from . import cicp, icc

__all__ = ["convert"]

MAX_PIXELS = 4_000_000  # larger pictures are reduced first: each pixel takes 30 ns
CICP, PROFILE, NCLX = "cicp", "icc_profile", "nclx_profile"
SRGB, GAMMA, CHROMATICITY = "srgb", "gamma", "chromaticity"  # PNG's, in Pillow's words
# The mode for the conversion, if it differs from the picture's.
PLAIN = {
    **dict.fromkeys(("1", "LA", "La", "I;16", "I;16B", "I;16L"), "L"),
    **dict.fromkeys(("P", "PA", "RGBA", "RGBa", "RGBX", "YCbCr"), "RGB"),
}


def convert(picture):
    """Convert a decoded picture in place to sRGB; return whether colours changed.

    A very large picture comes out smaller.
    """
    change = _change(picture)
    for key in (CICP, PROFILE, NCLX, SRGB, GAMMA, CHROMATICITY):
        picture.info.pop(key, None)
    if not change:
        return False
    colours, alpha = _apart(_reduced(picture))
    converted = change(colours)
    if alpha:
        converted.putalpha(alpha)
    picture.info.pop("transparency", None)
    picture.palette = None
    # The same assignment as in `ImageOps.exif_transpose`.
    picture.im, picture._mode = converted.im, converted.mode
    picture._size = converted.size
    return True


def _change(picture):
    """Return the conversion to sRGB, None if the picture is sRGB already."""
    info, mode = picture.info, PLAIN.get(picture.mode, picture.mode)
    if mode == "LAB":
        return icc.change(icc.LAB, mode)
    if info.get(PROFILE) and not (CICP in info and picture.format == "PNG"):
        return icc.change(info[PROFILE], mode)
    if CICP in info:
        return cicp.change_of_codes(*info[CICP][:2])
    if nclx := info.get(NCLX):  # the name in pillow-heif
        return cicp.change_of_codes(
            nclx["color_primaries"], nclx["transfer_characteristics"]
        )
    if SRGB not in info and info.get(GAMMA):  # browsers ignore cHRM alone
        return cicp.change_of_png(info[GAMMA], info.get(CHROMATICITY))
    return None


def _reduced(picture):
    pixels = picture.width * picture.height
    factor = 1
    while pixels > MAX_PIXELS * factor**2:
        factor += 1
    if factor == 1 or min(picture.size) < factor:
        return picture
    if picture.mode in ("L", "RGB", "CMYK", "LAB"):
        return picture.reduce(factor)
    size = [length // factor for length in picture.size]
    return picture.resize(size, Image.Resampling.NEAREST)


def _apart(picture):
    """Return a picture's colours in a mode that profiles support, and its alpha."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 257, "L")
    if picture.has_transparency_data:
        picture = picture.convert("LA" if picture.mode in ("LA", "La") else "RGBA")
        alpha = picture.getchannel("A")
        return picture.convert(picture.mode[:-1]), alpha
    return picture.convert("RGB") if picture.mode == "P" else picture, None
