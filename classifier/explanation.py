"""Explanations: heat maps of the evidence for an answer.

The network for photographs gives a class activation map. For an image of the data set's
size, each part is covered in turn and the image classified again (occlusion: Zeiler and
Fergus 2014, arXiv:1311.2901, section 4.2).

Heat maps are stored beside the picture. A process draws one at a time, and none
occupies the place of an upload.
"""

import io
import threading

import cv2
import numpy as np
from PIL import Image

from . import prediction
from .derived import keeping
from .exceptions import NetworkUnavailable
from .limits import locks
from .limits.concurrency import in_turn
from .networks.preprocessing import to_batch
from .networks.views import ANSWERED
from .pictures import HEAT_MAP, HEAT_MAPS
from .pictures.modes import in_colour

CELLS = 7  # in a row; 49 covered images take 64 ms
OVERLAP = 0.5  # of a cell, over each of its neighbours
ENLARGED = 6  # pixels per pixel of an image
SHOWN_SIZE = (448, 448)  # the largest size of a photograph
STRENGTH = 0.7  # opacity of the strongest colour
# Distinguishable in lightness, too, and for every kind of colour vision.
FOR, AGAINST = (255, 150, 30), (40, 120, 255)

_turn = threading.Lock()


def can_explain(upload):
    """Tell whether the network behind the answer is served, or the map exists."""
    if is_kept(upload):
        return True
    try:
        return prediction.served().version == upload.network_version
    except NetworkUnavailable:
        return False


def is_kept(upload, class_name=None):
    """Tell whether the heat map of an upload for a class exists."""
    return _kept(upload, _name(upload, class_name)) is not None


def heat_map(upload, class_name=None):
    """Return the heat map of an upload for a class, as WebP.

    Args:
        class_name: one of the upload's class names; default: the answer.

    Raises:
        FileNotFoundError: the picture is gone, another network is served, or there is
            no such class.
        NetworkUnavailable
        Overloaded: another heat map is being drawn.
    """
    name = _name(upload, class_name)
    if content := _kept(upload, name):
        return content
    classifier = prediction.served()
    if classifier.version != upload.network_version:
        raise FileNotFoundError(f"Network {upload.network_version} is not served.")
    turn = in_turn(_turn, "Another picture is being explained.")
    with turn, locks.exclusive(f"{upload.id}.{HEAT_MAP}", wait_s=0):
        content = _draw(classifier, upload, class_name or upload.class_name)
        if name is not None:
            keeping.keep(upload, name, content)
    return content


def _name(upload, class_name):
    """Return under which name a map is kept, None where it is not."""
    if class_name in (None, upload.class_name):
        return HEAT_MAP
    if class_name not in upload.class_names:
        raise FileNotFoundError(f"No class of the upload: {class_name!r}.")
    label = list(upload.class_names).index(class_name)
    return HEAT_MAPS[label] if label < len(HEAT_MAPS) else None


def _kept(upload, name):
    return None if name is None else keeping.kept(upload, name)


def _draw(classifier, upload, class_name):
    """Return the newly drawn heat map of a class."""
    label = list(upload.class_names).index(class_name)
    with keeping.original(upload, SHOWN_SIZE) as picture:
        if classifier.is_image((upload.width, upload.height)):
            grey = classifier.preprocessing.image(picture)
            found = [covering_evidence(classifier.images, grey, label)]
            size = [ENLARGED * length for length in grey.shape[::-1]]
            shown = Image.fromarray(grey).resize(size, Image.Resampling.NEAREST)
        else:
            colours = in_colour(picture)
            found = classifier.photographs.activation_map(colours, label)
            shown = ANSWERED.of(colours)
            shown.thumbnail(SHOWN_SIZE)
    file = io.BytesIO()
    paint(shown, found).save(file, "WEBP", quality=80)
    return file.getvalue()


def covering_evidence(network, image, label):
    """Measure the evidence of each part of an image for a class.

    Args:
        network: from float32 (n, h, w, 1) to logits, called once.
        image: uint8 (h, w).
        label: of the class.

    Returns:
        float32 (CELLS, CELLS): the fall of the class's log-odds when the cell is
        covered; negative for a rise.
    """
    logits = network(to_batch(np.stack([image, *_covered(image)])))
    odds = _log_odds(logits.astype(np.float64), label)
    return (odds[0] - odds[1:]).reshape(CELLS, CELLS).astype(np.float32)


def paint(picture, maps):
    """Overlay evidence on a picture: warm colours for the class, cold ones against.

    Args:
        picture: PIL image.
        maps: float32 (rows, columns) each, the contribution of every cell, so that the
            smaller cells of a finer map are denser; their sum is shown.

    Returns:
        PIL image in RGB, of the picture's size.
    """
    under = np.asarray(picture.convert("RGB"), np.float32)
    size = under.shape[1::-1]
    heat = sum(
        cv2.resize(each, size, interpolation=cv2.INTER_CUBIC) * each.size
        for each in maps
    )
    share = STRENGTH * (heat / (np.abs(heat).max() or 1))[..., None]
    colour = np.where(share > 0, np.float32(FOR), np.float32(AGAINST))
    painted = under + np.abs(share) * (colour - under)
    return Image.fromarray(painted.round().astype(np.uint8))


def _covered(image):
    """Cover each cell in turn with the background, row by row: uint8 (cells, h, h)."""
    rim = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return np.where(_covers(image.shape), np.uint8(np.median(rim)), image)


def _covers(shape):
    """Return the masks of the covered cells: bool (cells, h, w), row by row."""
    down, across = (_bands(length) for length in shape)
    covers = down[:, None, :, None] & across[None, :, None, :]
    return covers.reshape(-1, *shape)


def _bands(length):
    """Return the positions that each cell covers along a side of `length`."""
    cell = length / CELLS
    centres = (np.arange(CELLS)[:, None] + 0.5) * cell
    return np.abs(np.arange(length) + 0.5 - centres) < (0.5 + OVERLAP) * cell


def _log_odds(logits, label):
    """The log-odds of one class: float64 (..., classes) -> (...)."""
    others = np.delete(logits, label, axis=-1)
    return logits[..., label] - np.logaddexp.reduce(others, axis=-1)
