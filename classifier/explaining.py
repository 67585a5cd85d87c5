"""Why the network answers as it does: which parts of the image its answer rests on.

Each part is covered in turn, and the answer looked at again (occlusion: Zeiler and
Fergus 2014, arXiv:1311.2901, section 4.2). Nothing but the network's scores is used,
so it holds for any network that is served.
"""

import io
from functools import partial

import cv2
import numpy as np
from PIL import Image

from . import pictures, prediction
from .admission import admitted
from .exceptions import NetworkUnavailable

CELLS = 7  # in a row: 49 covered images are one call of the network, some 60 ms
OVERLAP = 0.5  # of a cell, over each of its neighbours
COVER = 0  # the ground of the images that the network learned from
ENLARGED = 6
STRENGTH = 0.8  # of the strongest colour over the image
# They differ in lightness, too, and for every kind of colour vision.
FOR, AGAINST = (255, 150, 30), (40, 120, 255)


def can_explain(upload):
    """Tell whether the network that answered is the one that is served."""
    try:
        return prediction.served().version == upload.network_version
    except NetworkUnavailable:
        return False


def heat_map(upload):
    """Return the PNG that shows what speaks for an upload's class, and what against.

    Raises:
        FileNotFoundError: what the network saw is gone, or another network is served.
        NetworkUnavailable, Overloaded
    """
    if not can_explain(upload):
        raise FileNotFoundError(f"Network {upload.network_version} is not served.")
    with Image.open(pictures.path(upload.stored_name, "seen.png")) as seen:
        image = np.asarray(seen.convert("L"))
    label = list(upload.class_names).index(upload.class_name)
    classifier = prediction.served()
    size = upload.width, upload.height
    is_photograph = not classifier.preprocessing.keeps(size)
    logits = partial(classifier.logits, is_photograph=is_photograph)
    with admitted():
        found = evidence(logits, image, label)
    file = io.BytesIO()
    paint(image, found).save(file, "PNG")
    return file.getvalue()


def evidence(logits, image, label):
    """Measure how much each part of an image speaks for a class.

    Args:
        logits: what scores images, asked once: uint8 (n, h, w) -> (n, classes).
        image: uint8 (h, w), as the network sees it.
        label: of the class.

    Returns:
        float32 (CELLS, CELLS): by how much the log-odds of the class fall when the
        cell is covered; negative where they rise.
    """
    covers = _covers(image.shape)  # (cells, h, w)
    covered = np.where(covers, np.uint8(COVER), image)
    odds = _log_odds(logits(np.concatenate([image[None], covered])), label)
    return (odds[0] - odds[1:]).reshape(CELLS, CELLS).astype(np.float32)


def paint(image, evidence):
    """Lay evidence over an image: warm what speaks for the class, cold what against.

    Args:
        image: uint8 (h, w).
        evidence: float32 (CELLS, CELLS).

    Returns:
        PIL image in RGB, `ENLARGED` times as large.
    """
    size = (image.shape[1] * ENLARGED, image.shape[0] * ENLARGED)
    grey = cv2.resize(image, size, interpolation=cv2.INTER_NEAREST)[..., None]
    heat = cv2.resize(evidence, size, interpolation=cv2.INTER_CUBIC)[..., None]
    share = STRENGTH * np.clip(heat / (np.abs(evidence).max() or 1), -1, 1)
    colour = np.where(share > 0, FOR, AGAINST)
    painted = grey + np.abs(share) * (colour - grey)
    return Image.fromarray(painted.round().astype(np.uint8))


def _covers(shape):
    """Return where each cell's cover lies: bool (cells, h, w), row by row."""
    down, across = (_bands(length) for length in shape)
    covers = down[:, None, :, None] & across[None, :, None, :]
    return covers.reshape(-1, *shape)


def _bands(length):
    """Return which of `length` places each cell covers along a side."""
    cell = length / CELLS
    centres = (np.arange(CELLS)[:, None] + 0.5) * cell
    return np.abs(np.arange(length) + 0.5 - centres) < (0.5 + OVERLAP) * cell


def _log_odds(logits, label):
    """Of one class against all others: float32 (n, classes) -> float64 (n,)."""
    logits = np.asarray(logits, np.float64)
    others = np.delete(logits, label, axis=1)
    return logits[:, label] - np.logaddexp.reduce(others, axis=1)
