"""Any picture -> the image that the network sees; training and serving share it.

Fashion-MNIST shows garments light on black, trimmed, the longer side filling the
image, centred: Xiao et al. 2017 (arXiv:1708.07747), section 2. Of a photograph the
network sees two views: the garment cut out like that by `finding`, and the whole,
or what is around the garment where somebody wears it.
"""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image

from .finding import views

VERSION = "8"
SHORTEST_SIDE = 8
# Of a photograph, for each pixel of a side while the garment is sought.
SAMPLES = 8


class View(NamedTuple):
    """What the network sees of a picture."""

    # uint8 (size, size); of a photograph (size, 2 * size): cut out, beside the whole.
    image: np.ndarray
    # All pictures are but those of the data set's size.
    is_photograph: bool


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The parameters, as a checkpoint's card keeps them."""

    size: int = 28
    # The longer side of a photograph while the garment in it is sought.
    seeking_size: int = 96

    version = VERSION

    @property
    def input_shape(self):
        return (self.size, self.size, 1)

    @property
    def parameters(self):
        return asdict(self)

    def keeps(self, size):
        """Whether pictures of a size, (width, height), are shown as they are."""
        return size == (self.size, self.size)

    def view(self, picture):
        """Turn a picture into the image that the network was trained on.

        Args:
            picture: PIL image of any mode and size, upright.

        Returns:
            The View. A picture that has the network's size already is taken for a
            data set's and keeps its grey levels.
        """
        if self.keeps(picture.size):
            return View(np.asarray(to_grey(picture)), is_photograph=False)
        picture = opaque(_sample(picture, self.seeking_size * SAMPLES))
        size = _fit(picture.size, self.seeking_size)
        small = np.asarray(picture.convert("RGB").resize(size, Image.Resampling.BOX))
        return View(np.hstack(views(small, self.size)), is_photograph=True)


def to_batch(images):
    """Turn uint8 images (n, h, w) into the float32 batch (n, h, w, 1) in [0, 1]."""
    return np.asarray(images, np.float32)[..., np.newaxis] / 255


def split_views(images):
    """Take images apart into their views: uint8 (n, h, k * h) -> (n, k, h, h)."""
    n, side, width = images.shape
    return images.reshape(n, side, width // side, side).swapaxes(1, 2)


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


def _sample(picture, longest):
    """Take a grid of a large picture's pixels, the longer side no more than so many.

    Averaging twelve million of them takes longer than all that follows.
    """
    if max(picture.size) <= longest:
        return picture
    return picture.resize(_fit(picture.size, longest), Image.Resampling.NEAREST)


def _fit(size, longest):
    """Scale a size so that the longer side is of that length."""
    scale = longest / max(size)
    # In less than that nothing can be found.
    return tuple(max(SHORTEST_SIDE, round(length * scale)) for length in size)
