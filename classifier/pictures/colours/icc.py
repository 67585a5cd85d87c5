"""ICC profiles, read by littlecms."""

import functools
import io

import numpy as np
from PIL import Image, ImageCms

MAX_BYTES = 4_000_000  # profiles of presses have up to two million
MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK", b"Lab ": "LAB"}
TOLERANCE = 4  # of 255: less is rounding, or other points of the same curve
CACHED = 8  # phones and cameras use few profiles

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
NAMELESS = SRGB.tobytes()  # littlecms's own profile contains no name
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def change(profile, mode):
    """Return the conversion from a profile to sRGB for pictures of a mode, or None.

    None means that the colours look the same without it, or that the profile is for
    another mode; an RGB profile also serves grey pictures.
    """
    of_profile = MODES.get(profile[16:20])
    if mode != of_profile and (mode, of_profile) != ("L", "RGB") or is_srgb(profile):
        return None
    transform = _transform(profile)
    return lambda picture: ImageCms.applyTransform(
        picture.convert(of_profile), transform
    )


@functools.lru_cache(CACHED)
def is_srgb(profile):
    """Tell whether pictures look the same without a profile; true for a broken one."""
    transform = _transform(profile)
    if not transform:
        return True
    if transform.input_mode not in ("RGB", "L"):
        return False
    samples = _samples(transform.input_mode)
    converted = ImageCms.applyTransform(samples, transform)
    expected = np.asarray(samples.convert("RGB"), int)
    return bool(abs(np.asarray(converted, int) - expected).max() <= TOLERANCE)


@functools.lru_cache(CACHED)
def _transform(profile):
    """Return littlecms's transform to sRGB, None for an unreadable profile."""
    mode = MODES.get(profile[16:20])
    if not mode or len(profile) > MAX_BYTES:
        return None
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(opened, SRGB, mode, "RGB")
    except Exception:  # noqa: BLE001  a hostile profile can raise anything
        return None


def _samples(mode):
    """Return a picture of all greys; for RGB also of 729 colours over the cube."""
    greys = np.arange(256, dtype=np.uint8)
    if mode == "L":
        return Image.fromarray(greys[np.newaxis])
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    neutral = np.repeat(greys[np.newaxis, :, np.newaxis], 3, axis=2)
    return Image.fromarray(np.concatenate([cube, neutral], axis=1))
