"""Any picture -> what a network takes; training and serving share it.

The network for images takes the grey levels of a picture of the data set's size:
Fashion-MNIST shows garments light on black, Xiao et al. 2017 (arXiv:1708.07747),
section 2. Of other pictures the network for photographs takes the whole, in colour.
"""

from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

VERSION = "9"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The parameters, as a checkpoint's card keeps them."""

    size: int = 28

    version = VERSION

    @property
    def input_shape(self):
        return (self.size, self.size, 1)

    @property
    def parameters(self):
        return asdict(self)

    def keeps(self, size):
        """Tell whether pictures of a size, (width, height), are images already."""
        return size == (self.size, self.size)

    def image(self, picture):
        """Turn a picture into the image that the network was trained on.

        Args:
            picture: PIL image of any mode and size, upright.

        Returns:
            uint8 (size, size), grey; a picture of that size keeps its levels.
        """
        grey = to_grey(picture)
        if not self.keeps(grey.size):
            grey = grey.resize((self.size, self.size), Image.Resampling.BOX)
        return np.asarray(grey)


def to_batch(images):
    """Turn uint8 images (n, h, w) into the float32 batch (n, h, w, 1) in [0, 1]."""
    return np.asarray(images, np.float32)[..., np.newaxis] / 255


def opaque(picture):
    """Put on a white ground what is transparent, as mode L or RGB."""
    if picture.mode.startswith(("I", "F")):
        return _rescale(picture)
    if picture.mode == "La":  # Pillow converts it to this mode alone
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    return picture if picture.mode == "L" else picture.convert("RGB")


def in_colour(picture):
    """Put on a white ground what is transparent, as mode RGB."""
    return opaque(picture).convert("RGB")


def to_grey(picture):
    """Put on a white ground what is transparent, as mode L."""
    return opaque(picture).convert("L")


def _rescale(picture):
    """Bring 16-bit, 32-bit and real-valued pixels to 8 bits; Pillow would clip them."""
    values = np.nan_to_num(np.asarray(picture, np.float64))
    lowest, highest = (0, 65535) if picture.mode.startswith("I;16") else _ends(values)
    scaled = (values - lowest) * (255 / max(highest - lowest, 1))
    return Image.fromarray(np.clip(scaled, 0, 255).round().astype(np.uint8))


def _ends(values):
    return min(values.min(), 0), max(values.max(), 1)
