"""Any picture -> the image that the network sees; training and serving share it.

Fashion-MNIST shows garments light on black, trimmed, the longer side filling the
image, centred: Xiao et al. 2017 (arXiv:1708.07747), section 2.
"""

from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image, ImageOps

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The parameters, as a checkpoint's card keeps them."""

    size: int = 28
    # How far from the ground, out of 255, a pixel counts as garment.
    tolerance: int = 24

    version = VERSION

    @property
    def input_shape(self):
        return (self.size, self.size, 1)

    @property
    def parameters(self):
        return asdict(self)

    def to_image(self, picture):
        """Turn a picture into the image that the network was trained on.

        Args:
            picture: PIL image of any mode and size.

        Returns:
            uint8 array (size, size), garment light on dark. A picture that has this
            size already is taken for a data set's and keeps its grey levels.
        """
        grey = to_grey(picture)
        if grey.size == (self.size, self.size):
            return np.asarray(grey)
        difference = _difference_from_ground(np.asarray(grey))
        garment = _trim(difference, self.tolerance)
        return _fit(Image.fromarray(garment), self.size)


def to_batch(images):
    """Turn uint8 images (n, h, w) into the float32 batch (n, h, w, 1) in [0, 1]."""
    return np.asarray(images, np.float32)[..., np.newaxis] / 255


def to_grey(picture):
    """Upright, on a white ground where it is transparent, as mode L."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):
        return _rescale(picture)
    if picture.mode == "La":  # Pillow converts it to this mode alone
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    if picture.mode not in ("1", "L", "RGB"):
        picture = picture.convert("RGB")
    return picture.convert("L")


def _rescale(picture):
    """Bring 16-bit, 32-bit and real-valued pixels to 8 bits; Pillow would clip them."""
    values = np.nan_to_num(np.asarray(picture, np.float64))
    lowest, highest = (0, 65535) if picture.mode.startswith("I;16") else _ends(values)
    scaled = (values - lowest) * (255 / max(highest - lowest, 1))
    return Image.fromarray(np.clip(scaled, 0, 255).round().astype(np.uint8))


def _ends(values):
    return min(values.min(), 0), max(values.max(), 1)


def _difference_from_ground(grey):
    """How far each pixel is from the median of the border: light on dark."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = int(np.median(border))
    return np.abs(grey.astype(np.int16) - ground).astype(np.uint8)


def _trim(difference, tolerance):
    rows = np.flatnonzero(difference.max(axis=1) > tolerance)
    columns = np.flatnonzero(difference.max(axis=0) > tolerance)
    if not len(rows):  # nothing but ground
        return difference
    return difference[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fit(picture, size):
    """Scale to the size by the longer side, the other centred on black."""
    scale = size / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    smaller = picture.resize((width, height), Image.Resampling.BOX)
    image = Image.new("L", (size, size))
    image.paste(smaller, ((size - width) // 2, (size - height) // 2))
    return np.asarray(image)
