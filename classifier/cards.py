"""The card of a shared link: the photograph, and the answer in words.

Anyone with the link can see it. It is made at the first request, and then stored.
"""

import io
import textwrap
import threading
from html import unescape

from django.utils.translation import override
from PIL import Image, ImageDraw, ImageFont, ImageOps

from . import answers
from .derived import keeping
from .limits import locks
from .limits.concurrency import in_turn
from .pictures import CARD
from .pictures.modes import in_colour

SIZE = (1200, 630)  # as Open Graph asks for
PAPER, INK, SOFT, ACCENT = "#faf7f2", "#231f1b", "#675f56", "#1f6f5c"
MARGIN, LINE, CHARACTERS = 56, 76, 16  # pixels, pixels, in a line
WORDS, FIGURE, NAME = 64, 40, 36  # sizes of type, pixels

_turn = threading.Lock()


def is_kept(upload):
    """Tell whether the card of an upload exists."""
    return keeping.kept(upload, CARD) is not None


def card(upload):
    """Return the card of an upload as JPEG.

    Raises:
        FileNotFoundError: the picture is gone.
        Overloaded: another card is being drawn.
    """
    if content := keeping.kept(upload, CARD):
        return content
    turn = in_turn(_turn, "Another card is being drawn.")
    with turn, locks.exclusive(f"{upload.id}.{CARD}", wait_s=0):
        content = _drawn(upload)
        keeping.keep(upload, CARD, content)
    return content


def _drawn(upload):
    # Clients of cards name no language.
    with override("en"), keeping.original(upload, SIZE) as picture:
        words = unescape(answers.headline(upload, mark=str))
        if not words.isascii():  # the font has Latin letters alone
            words = ""
        figure = answers.percent(upload.probability) if upload.is_sure else ""
        return draw(in_colour(picture), words, figure)


def draw(picture, words, figure):
    """Return a card as the bytes of a JPEG.

    Args:
        picture: PIL image in mode RGB, upright.
        words: the answer.
        figure: how likely it is, "" for nothing.
    """
    side = SIZE[1]
    card = Image.new("RGB", SIZE, PAPER)
    card.paste(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS), (0, 0))
    pen, left = ImageDraw.Draw(card), side + MARGIN
    lines = textwrap.wrap(words, CHARACTERS)[:4]
    top = (side - len(lines) * LINE - LINE) // 2
    for number, line in enumerate(lines):
        pen.text((left, top + number * LINE), line, INK, _font(WORDS))
    below = top + len(lines) * LINE + FIGURE // 2
    if figure:
        pen.text((left, below), f"{figure} likely", SOFT, _font(FIGURE))
    pen.text((left, side - MARGIN - NAME), "deewhy", ACCENT, _font(NAME))
    file = io.BytesIO()
    card.save(file, "JPEG", quality=80, progressive=True)
    return file.getvalue()


def _font(size):
    return ImageFont.load_default(size)
