"""A trained network -> a checkpoint with its card, calibrated and measured."""

import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from . import evaluation, registry
from .prediction import softmax
from .preprocessing import Preprocessing

# The share of validation images that the network may decline to answer.
DOUBTED = 0.02
LIBRARIES = ("keras", "numpy", "pillow")


def release(training, data, command):
    """Write the best epoch of a training as a checkpoint.

    Args:
        training: a Training with at least one epoch; its network gets that one's
            weights.
        data: the Dataset, whose test split is looked at here for the first time.
        command: the command line that repeats the training.

    Returns:
        The Checkpoint.
    """
    training.restore_best()
    validation = training.validation
    logits = training.logits(validation.images)
    temperature = evaluation.fit_temperature(logits, validation.labels)
    probabilities = softmax(logits / temperature)
    tested = softmax(training.logits(data.test.images) / temperature)
    preprocessing = Preprocessing()
    created = datetime.now(UTC)
    card = {
        "created": created.isoformat(timespec="seconds"),
        "class_names": list(data.class_names),
        "input_shape": list(preprocessing.input_shape),
        "parameters": training.network.count_params(),
        "network": training.recipe.architecture,
        "preprocessing": {
            "version": preprocessing.version,
            "parameters": preprocessing.parameters,
        },
        "temperature": temperature,
        "not_sure": {
            "rule": "probability",
            "threshold": evaluation.probability_threshold(probabilities, DOUBTED),
        },
        "training": {
            "command": command,
            **asdict(training.plan),
            "finished_epochs": len(training.epochs),
            "best_epoch": training.best.number,
            "seconds": round(sum(epoch.seconds for epoch in training.epochs)),
        },
        "splits": {
            "train": len(training.stream.split),
            "validation": len(validation),
            "test": len(data.test),
        },
        "validation": _figures(probabilities, validation.labels),
        "test": _figures(tested, data.test.labels),
        "libraries": _library_versions(),
    }
    return registry.save(f"{created:%Y%m%d-%H%M%S}", training.network, card)


def _figures(probabilities, labels):
    error = evaluation.expected_calibration_error(probabilities, labels)
    return {
        "accuracy": round(evaluation.accuracy(probabilities, labels), 5),
        "calibration_error": round(error, 5),
    }


def _library_versions():
    import tensorflow as tf

    versions = {name: version(name) for name in LIBRARIES}
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        **versions,
    }
