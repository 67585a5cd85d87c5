"""Parts of the networks -> a checkpoint with its card and evaluations."""

import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from ..networks import checkpoints, promotions, saving
from ..networks.confidence import NEVER_SURE, Calibration
from ..networks.preprocessing import Preprocessing

FILES = {
    "image": (checkpoints.IMAGE_WEIGHTS, checkpoints.IMAGE_MODEL),
    "photograph": (checkpoints.HEAD, checkpoints.EMBEDDINGS),
}
LIBRARIES = ("ai-edge-litert", "numpy", "opencv-python-headless", "pillow")


@dataclass(frozen=True, slots=True)
class Part:
    """One network of a checkpoint, with all facts about it."""

    # The architecture from which `Checkpoint` builds the network.
    architecture: dict
    calibration: Calibration
    # By name, bytes or arrays by name.
    files: dict
    # Its training and figures: its section of the card.
    about: dict
    # The same for people: its sections of the report, see `reports`.
    sections: list

    @property
    def is_never_sure(self):
        """Tell whether too few answers were right to call any sure."""
        return self.calibration.threshold >= NEVER_SURE


def kept_part(checkpoint, kind):
    """Copy a network from another checkpoint, None if that has none of the kind."""
    if checkpoint is None or kind not in checkpoint.card["networks"]:
        return None
    architecture = checkpoint.card["networks"][kind]
    names = [
        *FILES[kind],
        *(
            checkpoints.BACKBONE_MODEL.format(variant=variant)
            for variant in architecture.get("variants", ())
        ),
    ]
    return Part(
        architecture,
        checkpoint.calibration(kind),
        {name: (checkpoint.path / name).read_bytes() for name in names},
        checkpoint.card[kind],
        checkpoint.sections.get(kind, []),
    )


def release(parts, class_names, command, by="", descriptions=None):
    """Write a checkpoint.

    Args:
        parts: by kind, "image" and "photograph" or one of them, each a Part.
        class_names: in label order.
        command: the command line that repeats the training.
        by: who asked for it; by default the account of this process.
        descriptions: of classes in one line, by name.

    Returns:
        The Checkpoint.
    """
    preprocessing = Preprocessing()
    created = datetime.now(UTC)
    card = {
        "created": created.isoformat(timespec="seconds"),
        "class_names": list(class_names),
        **({"class_descriptions": descriptions} if descriptions else {}),
        "networks": {kind: part.architecture for kind, part in parts.items()},
        "preprocessing": {
            "version": preprocessing.version,
            "parameters": preprocessing.parameters,
        },
        "calibration": {kind: asdict(part.calibration) for kind, part in parts.items()},
        "never_sure": [kind for kind, part in parts.items() if part.is_never_sure],
        "training": {"command": command, "by": by or promotions.operator()},
        **{kind: part.about for kind, part in parts.items()},
        "libraries": _library_versions(),
    }
    name = f"{created:%Y%m%d-%H%M%S}"
    sections = {kind: part.sections for kind, part in parts.items()}
    files = {checkpoints.SECTIONS: json.dumps(sections).encode()}
    for part in parts.values():
        files |= part.files
    return saving.save(name, files, card)


def _library_versions():
    versions = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **versions}
