"""Checkpoints: `<version>/` with weights, the network to serve and a card, and which
one is served.

A checkpoint appears complete or not at all. Opening one never imports TensorFlow.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings

from .. import durable_files
from ..exceptions import NetworkUnavailable
from .confidence import Calibration
from .preprocessing import VERSION, Preprocessing

CARD = "card.json"
# The network for images: Keras's weights, for further training; the LiteRT model.
IMAGE_WEIGHTS = "image.npz"
IMAGE_MODEL = "image.tflite"
# The network for photographs: backbone, projection, head and orientation, and the
# head's training data.
BACKBONE_MODEL = "backbone-{variant}.tflite"
HEAD = "head.npz"
PROJECTION = ("centre", "basis", "step")  # the names of its arrays
ORIENTATION = ("turn_weights", "turn_bias")  # likewise; own classes have none
EMBEDDINGS = "embeddings.npz"
# Its evaluations: sections by network.
SECTIONS = "evaluation.json"
SERVED = "served"
REQUIRED = ("class_names", "networks", "preprocessing", "calibration", "sha256")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Trained networks on disk, with the facts in their card.

    One network is for images of the data set's size, one for photographs. A checkpoint
    of own classes has only the second, which then answers all pictures.
    """

    path: Path
    card: dict

    @property
    def version(self):
        return self.path.name

    @property
    def class_names(self):
        return tuple(self.card["class_names"])

    @property
    def class_descriptions(self):
        """The classes that have one, with what they are in one line."""
        return self.card.get("class_descriptions", {})

    @property
    def preprocessing(self):
        return Preprocessing(**self.card["preprocessing"]["parameters"])

    @property
    def sections(self):
        """The sections of the evaluation, by kind of network; see `reports`."""
        try:
            return json.loads((self.path / SECTIONS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    @property
    def has_image_network(self):
        return "image" in self.card["networks"]

    @property
    def has_photograph_network(self):
        return "photograph" in self.card["networks"]

    @property
    def embedding_version(self):
        """The version of photographs' embeddings: a digest of backbone and projection.

        Checkpoints that differ only in their heads share it.
        """
        digest = hashlib.sha256()
        for variant in self.card["networks"]["photograph"]["variants"]:
            name = BACKBONE_MODEL.format(variant=variant)
            digest.update(self.card["sha256"][name].encode())
        arrays = self._load(HEAD, _read_arrays)
        for name in PROJECTION:
            digest.update(arrays[name].tobytes())
        return digest.hexdigest()[:16]

    def calibration(self, kind):
        """Return the calibration of the network for a kind of picture."""
        return Calibration(**self.card["calibration"][kind])

    def load_image_network(self):
        """Load the network for images.

        Raises:
            NetworkUnavailable: its file is missing or broken.
        """
        from .litert import Network

        return self._load(IMAGE_MODEL, lambda path: Network(path.read_bytes()))

    def load_photograph_network(self):
        """Load the network for photographs.

        Raises:
            NetworkUnavailable: a file is missing or broken.
        """
        from .backbone import Backbone
        from .heads import Head
        from .litert import Network
        from .photographs import PhotographNetwork
        from .projection import Projection
        from .turn_prediction import Orientation

        networks = [
            self._load(
                BACKBONE_MODEL.format(variant=variant),
                lambda path: Network(path.read_bytes()),
            )
            for variant in self.card["networks"]["photograph"]["variants"]
        ]
        arrays = self._load(HEAD, _read_arrays)
        orientation = None
        if ORIENTATION[0] in arrays:
            orientation = Orientation(Head(*(arrays[name] for name in ORIENTATION)))
        return PhotographNetwork(
            Backbone(networks),
            Projection(
                arrays["centre"], arrays["basis"].astype(np.float32), arrays["step"]
            ),
            Head(arrays["weights"], arrays["bias"]),
            orientation,
        )

    def load_embeddings(self):
        """Return the training data of the head: arrays by name, see `networks`."""
        return self._load(EMBEDDINGS, _read_arrays)

    def head_arrays(self):
        """Return the arrays of the head and of the projection."""
        return self._load(HEAD, _read_arrays)

    def _load(self, name, read):
        path = self.path / name
        try:
            return read(path)
        except (OSError, ValueError) as error:
            raise NetworkUnavailable(
                f"{path} cannot be loaded: {error}. Run manage.py train."
            ) from error


def served(*, is_verified=True):
    """Open the checkpoint that `checkpoints/served` names, see `open_checkpoint`.

    Raises:
        NetworkUnavailable: it is missing or broken.
    """
    return open_checkpoint(served_version(), is_verified=is_verified)


def open_checkpoint(version, *, is_verified=True):
    """Read a checkpoint's card and verify its files against it.

    Args:
        version: its name.
        is_verified: False to read only the card, which is quick.

    Raises:
        NetworkUnavailable: it is missing or broken.
    """
    root = Path(settings.CHECKPOINTS_DIR)
    path = root / version
    if version[:1] in ("", ".") or path.parent != root or not path.is_dir():
        raise NetworkUnavailable(
            f"There is no checkpoint {version!r} in {settings.CHECKPOINTS_DIR}."
            " Run manage.py train."
        )
    card = _read_card(path / CARD)
    for name, digest in card["sha256"].items() if is_verified else ():
        if sha256(path / name) != digest:
            raise NetworkUnavailable(
                f"{path / name} is not the file that its card describes."
                " Run manage.py train."
            )
    return Checkpoint(path, card)


def versions():
    """Return the names of all checkpoints, oldest first."""
    return sorted(
        path.parent.name for path in settings.CHECKPOINTS_DIR.glob(f"[!.]*/{CARD}")
    )


def served_version():
    """Return the name in `checkpoints/served`.

    Raises:
        NetworkUnavailable: there is none.
    """
    try:
        return pointer().read_text().strip()
    except (OSError, ValueError) as error:
        raise NetworkUnavailable(
            f"{pointer()} names no checkpoint to serve. Run manage.py train."
        ) from error


def serve(version):
    """Make a checkpoint the served one, atomically; processes load it by themselves."""
    durable_files.replace(pointer(), f"{version}\n".encode())


def pointer():
    """The file that names the served version."""
    return settings.CHECKPOINTS_DIR / SERVED


def _read_card(path):
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NetworkUnavailable(
            f"{path} cannot be read: {error}. Run manage.py train."
        ) from error
    known = card if isinstance(card, dict) else {}
    missing = [key for key in REQUIRED if key not in known]
    if missing:
        raise NetworkUnavailable(f"{path} lacks {', '.join(missing)}.")
    if card["preprocessing"]["version"] != VERSION:
        raise NetworkUnavailable(
            f"{path} asks for preprocessing {card['preprocessing']['version']},"
            f" this program has {VERSION}. Run manage.py train."
        )
    return card


def _read_arrays(path):
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def sha256(path):
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NetworkUnavailable(
            f"{path} cannot be read: {error}. Run manage.py train."
        ) from error
