"""Any picture -> the input of a network; training and serving share it.

The network for images takes the grey levels of a picture of the data set's size:
Fashion-MNIST shows garments light on black, Xiao et al. 2017 (arXiv:1708.07747),
section 2. The network for photographs takes the whole picture in colour.
"""

from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from ..pictures.modes import to_grey

VERSION = "9"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The parameters, as stored in a checkpoint's card."""

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
        """Convert a picture to the input of the network for images.

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
