"""Colour spaces as numbers: nclx and cICP (ITU-T H.273), gAMA and cHRM of PNG.

Highlights above white are compressed like in Chromium. Each space becomes a look-up
table of colours for Pillow.
"""

import functools

import numpy as np
from PIL import ImageFilter

GRID = 65  # points on each axis, Pillow's maximum
CACHED = 8
# Chromaticities of red, green and blue, by code point; all others are those of sRGB.
BT709 = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
PRIMARIES = {9: BT2020, 12: P3}
D65 = (0.3127, 0.3290)
LINEAR, PQ, HLG = 8, 16, 18
EXPONENTS = {4: 2.2, 5: 2.8, LINEAR: 1.0}
SRGB_GAMMA, SAME_GAMMA = 0.45455, 0.05  # PNG encoders write this value for sRGB's curve
WHITE_NITS = 203  # ITU-R BT.2408: the level of white in a high dynamic range
PEAK_NITS = 1000
# Linear light, 1 for that white, and its display value in Chromium 156, measured by
# ramps of grey: white is at half of the screen's, so that highlights keep their shapes.
TONE_CURVE = (
    (0, 1, 1.25, 1.5, 1.875, 2.25, 2.8, 3.36, PEAK_NITS / WHITE_NITS),
    (0, 0.5, 0.588, 0.657, 0.722, 0.777, 0.847, 0.896, 1),
)


def change_of_codes(primaries, transfer):
    """Return the conversion from these code points to sRGB, or None."""
    if primaries not in PRIMARIES and transfer not in (*EXPONENTS, PQ, HLG):
        return None
    return _change(PRIMARIES.get(primaries, BT709), D65, transfer, None)


def change_of_png(gamma, chromaticity):
    """Return the conversion of a PNG with gAMA, and optionally cHRM, or None.

    Args:
        gamma: the value in the file, 0.45455 for an exponent of 2.2, not 0.
        chromaticity: x and y of white, red, green and blue, or None.
    """
    primaries, white = BT709, D65
    if chromaticity:
        white, red, green, blue = zip(
            chromaticity[::2], chromaticity[1::2], strict=True
        )
        primaries = (red, green, blue)
    elif abs(gamma / SRGB_GAMMA - 1) < SAME_GAMMA:
        return None
    try:
        return _change(tuple(primaries), white, None, 1 / gamma)
    except (np.linalg.LinAlgError, ZeroDivisionError):  # the primaries form no triangle
        return None


@functools.lru_cache(CACHED)
def _change(primaries, white, transfer, exponent):
    axis = np.linspace(0, 1, GRID)
    blue, green, red = np.meshgrid(
        axis, axis, axis, indexing="ij"
    )  # red varies fastest
    colours = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    linear = _linear(colours, transfer, exponent)
    if transfer in (PQ, HLG):
        linear = _tone_mapped(linear @ _matrix(primaries, white, BT2020).T)
        primaries, white = BT2020, D65
    linear = linear @ _matrix(primaries, white, BT709).T
    table = ImageFilter.Color3DLUT(GRID, _encoded(linear).ravel())
    return lambda picture: picture.convert("RGB").filter(table)


def _linear(values, transfer, exponent):
    """Return linear light, 1 for white, from values (n, 3) in [0, 1]."""
    if transfer == PQ:
        return _from_pq(values)
    if transfer == HLG:
        return _from_hlg(values)
    if exponent := exponent or EXPONENTS.get(transfer):
        return values**exponent
    return np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )


def _from_pq(values):
    """SMPTE ST 2084: up to 10,000 nits."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    powers = values ** (1 / m2)
    ratio = np.maximum(powers - c1, 0) / (c2 - c3 * powers)
    return ratio ** (1 / m1) * (10_000 / WHITE_NITS)


def _from_hlg(values):
    """ITU-R BT.2100: scene light, with the system gamma of 1.2 on luminance."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    luminance = scene @ np.array([[0.2627], [0.6780], [0.0593]])
    return scene * luminance**0.2 * (PEAK_NITS / WHITE_NITS)


def _tone_mapped(linear):
    """Scale each colour so that its brightest channel is below 1."""
    brightest = np.clip(linear.max(axis=-1, keepdims=True), 1e-9, None)
    return linear * np.interp(brightest, *TONE_CURVE) / brightest


def _encoded(linear):
    clipped = np.clip(linear, 0, 1)
    return np.where(
        clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055
    )


def _matrix(primaries, white, target):
    """Return the matrix between linear RGB of two spaces; the target's white is D65."""
    adapted = _adaptation(white, D65) @ _to_xyz(primaries, white)
    return np.linalg.inv(_to_xyz(target, D65)) @ adapted


def _to_xyz(primaries, white):
    columns = np.array([_xyz(each) for each in primaries]).T
    return columns * np.linalg.solve(columns, _xyz(white))


def _xyz(point):
    x, y = point
    return np.array([x / y, 1, (1 - x - y) / y])


def _adaptation(source, target):
    """Bradford's adaptation, as in ICC profiles."""
    cone = np.array(
        [
            [0.8951, 0.2664, -0.1614],
            [-0.7502, 1.7135, 0.0367],
            [0.0389, -0.0685, 1.0296],
        ]
    )
    scale = (cone @ _xyz(target)) / (cone @ _xyz(source))
    return np.linalg.inv(cone) @ np.diag(scale) @ cone
