"""What the backbone is shown of a picture: one view to answer, several to learn from.

An answer leaves out a twentieth at each edge: garments then are as large as in the
pictures of ImageNet. A head that has seen each picture closer, wider and mirrored is
right more often (docs/photographs.md has the figures).
"""

from dataclasses import dataclass

from PIL import Image

Transpose = Image.Transpose


@dataclass(frozen=True, slots=True)
class View:
    """A way to show a picture."""

    margin: float = 0.0  # what is left out at each edge, of the side's length
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
# To learn own classes within a minute.
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
# What the whole picture, turned, teaches is which way up it is, and no class.
TURNED = tuple(View(turn=quarters) for quarters in QUARTERS)
