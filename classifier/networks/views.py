"""The views of a picture for the backbone: one for an answer, several for training.

An answer crops a twentieth at each edge, so that garments are as large as in the
pictures of ImageNet. Training on closer, wider and mirrored views raises the accuracy
(docs/photographs.md has the figures).
"""

from dataclasses import dataclass

from PIL import Image

Transpose = Image.Transpose


@dataclass(frozen=True, slots=True)
class View:
    """A view of a picture."""

    margin: float = 0.0  # the crop at each edge, as a share of the side
    is_mirrored: bool = False
    turn: Transpose | None = None

    def of(self, picture):
        """Return this view of a PIL image."""
        width, height = picture.size
        left, top = round(width * self.margin), round(height * self.margin)
        shown = picture.crop((left, top, width - left, height - top))
        if self.is_mirrored:
            shown = shown.transpose(Transpose.FLIP_LEFT_RIGHT)
        return shown if self.turn is None else shown.transpose(self.turn)


ANSWERED = View(0.05)
# For a training of own classes within a minute.
QUICK = (ANSWERED, View(0.05, is_mirrored=True))
WHOLE = View()
THOROUGH = (
    *QUICK,
    WHOLE,
    View(is_mirrored=True),
    View(0.1),
    View(0.1, is_mirrored=True),
)
# To the left by one quarter, two and three.
QUARTERS = (Transpose.ROTATE_90, Transpose.ROTATE_180, Transpose.ROTATE_270)
# The turned views train the orientation only, not the classes.
TURNED = tuple(View(turn=quarters) for quarters in QUARTERS)
