"""Why the network answers as it does: which parts of the image its answer rests on.

Each part is covered in turn, and the answer looked at again (occlusion: Zeiler and
Fergus 2014, arXiv:1311.2901, section 4.2). Nothing but the network's scores is used,
so it holds for any network that is served.

It takes a second of work: what was drawn is kept beside the picture, a process draws
one at a time, and none takes the place of an upload.
"""

import io
import logging
import threading
from contextlib import contextmanager
from functools import partial

import cv2
import numpy as np
from PIL import Image

from . import attempts, durable_files, pictures, prediction
from .exceptions import (
    HistoryUnavailable,
    NetworkUnavailable,
    Overloaded,
    UnreadablePicture,
)
from .preprocessing import split_views
from .spool import records

CELLS = 7  # in a row: 49 covered views are 64 ms of one network, 127 of two
OVERLAP = 0.5  # of a cell, over each of its neighbours
ENLARGED = 6
STRENGTH = 0.8  # of the strongest colour over the image
# They differ in lightness, too, and for every kind of colour vision.
FOR, AGAINST = (255, 150, 30), (40, 120, 255)

logger = logging.getLogger(__name__)
_turn = threading.Lock()


def can_explain(upload):
    """Tell whether the network that answered is served, or was when this was drawn."""
    if is_kept(upload):
        return True
    try:
        return prediction.served().version == upload.network_version
    except NetworkUnavailable:
        return False


def is_kept(upload):
    """Tell whether the heat map of an upload is drawn already."""
    return _path(upload).exists()


def heat_map(upload):
    """Return the PNG that shows what speaks for an upload's class, and what against.

    Raises:
        FileNotFoundError: what the network saw is gone, or another network is served.
        NetworkUnavailable
        Overloaded: another one is being drawn.
    """
    if is_kept(upload):
        return _path(upload).read_bytes()
    if not can_explain(upload):
        raise FileNotFoundError(f"Network {upload.network_version} is not served.")
    with _one_at_a_time(), attempts.exclusive(upload.id, wait_s=0):
        content = _draw(upload)
        _keep(upload, content)
    return content


@contextmanager
def _one_at_a_time():
    if not _turn.acquire(blocking=False):
        raise Overloaded("Another picture is being explained.")
    try:
        yield
    finally:
        _turn.release()


def _keep(upload, content):
    """Keep a heat map where there is room and the upload was not deleted meanwhile."""
    try:
        durable_files.create(_path(upload), lambda file: file.write(content))
        if records.find(upload.id) is None:
            pictures.remove(upload.stored_name)
    except (OSError, HistoryUnavailable) as error:
        _path(upload).unlink(missing_ok=True)
        logger.warning("A heat map was drawn and is not kept: %s", error)


def _path(upload):
    return pictures.path(upload.stored_name, pictures.HEAT_MAP)


def _draw(upload):
    """Return the PNG, drawn now."""
    try:
        seen = pictures.open_picture(pictures.path(upload.stored_name, "seen.png"))
    except UnreadablePicture as error:
        raise FileNotFoundError(f"What the network saw is damaged: {error}") from error
    image = np.asarray(seen.convert("L"))
    label = list(upload.class_names).index(upload.class_name)
    classifier = prediction.served()
    size = upload.width, upload.height
    is_photograph = not classifier.preprocessing.keeps(size)
    score = partial(classifier.scorer.score_view, is_photograph=is_photograph)
    found = evidence(score, image, label)
    file = io.BytesIO()
    paint(image, found).save(file, "PNG")
    return file.getvalue()


def evidence(score_view, image, label):
    """Measure how much each part of an image speaks for a class.

    Args:
        score_view: as `Scorer.score_view()`, asked once for each view.
        image: uint8 (h, k * h), as the network sees it: of k views.
        label: of the class.

    Returns:
        float32 (CELLS, k * CELLS): by how much the log-odds of the class fall when the
        cell of a view is covered; negative where they rise.
    """
    [views] = split_views(image[np.newaxis])
    scores = np.array(
        [
            score_view(np.stack([view, *_covered(view)]), place)
            for place, view in enumerate(views)
        ],
        np.float64,
    )  # (k, 1 + cells, classes)
    # A class's score is the mean over the views, of which one is covered at a time.
    uncovered = scores[:, :1]
    odds = _log_odds(uncovered.mean(axis=0) + (scores - uncovered) / len(views), label)
    found = (odds[:, :1] - odds[:, 1:]).reshape(-1, CELLS, CELLS)
    return np.hstack(found).astype(np.float32)


def paint(image, evidence):
    """Lay evidence over an image: warm what speaks for the class, cold what against.

    Args:
        image: uint8 (h, w).
        evidence: float32 (CELLS, k * CELLS).

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


def _covered(view):
    """Cover each cell in turn with the ground, row by row: uint8 (cells, h, h)."""
    rim = np.concatenate([view[0], view[-1], view[:, 0], view[:, -1]])
    return np.where(_covers(view.shape), np.uint8(np.median(rim)), view)


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
    """Of one class against all others: float64 (..., classes) -> (...)."""
    others = np.delete(logits, label, axis=-1)
    return logits[..., label] - np.logaddexp.reduce(others, axis=-1)
