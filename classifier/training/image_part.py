"""A trained network for images -> its part of a checkpoint, calibrated and measured.

All figures are those of the network in its served form.
"""

from dataclasses import asdict
from importlib.metadata import version

import numpy as np
import tensorflow as tf
from django.utils.translation import gettext_noop

from ..evaluation import metrics, reports
from ..networks import checkpoints
from ..networks.litert import Network
from ..networks.preprocessing import to_batch
from . import rejection
from .image_network import build_network, to_litert, with_mirror_image
from .release import Part


def image_part(training, data, compared=None):
    """Measure the best epoch of a training.

    Args:
        training: a Training with at least one epoch; its network gets the best one's
            weights.
        data: the Dataset; its test split is used here for the first time.
        compared: the result of `objections.measured()` for the old checkpoint.

    Returns:
        The Part.
    """
    network = served_network(training)
    model = to_litert(with_mirror_image(network))
    logits_of = Network(model)
    validation, test = training.validation, data.test
    validated = logits_of(to_batch(validation.images))
    tested = logits_of(to_batch(test.images))
    calibration = rejection.fit_images(validated, validation.labels)
    class_count = len(data.class_names)
    probabilities = calibration.probabilities(tested, class_count)
    measured = metrics.Evaluation(
        probabilities=probabilities,
        labels=test.labels,
        is_sure=calibration.is_sure(probabilities),
        class_names=data.class_names,
        images=test.images,
    )
    validated = calibration.probabilities(validated, class_count)
    weights = [short(weight) for weight in network.get_weights()]
    about = {
        "parameters": network.count_params(),
        "training": {**asdict(training.plan), **_course(training)},
        "splits": {
            "train": len(training.stream.split),
            "validation": len(validation),
            "test": len(test),
        },
        "validation": _figures(validated, validation.labels),
        "test": _figures(probabilities, test.labels),
        "compared": compared,
        "libraries": {"tensorflow": tf.__version__, "keras": version("keras")},
    }
    return Part(
        training.recipe.architecture,
        calibration,
        {
            checkpoints.IMAGE_WEIGHTS: {
                f"arr_{i}": each for i, each in enumerate(weights)
            },
            checkpoints.IMAGE_MODEL: model,
        },
        about,
        [reports.section(measured, gettext_noop("Images, the test split"))],
    )


def served_network(training):
    """Build the best epoch's network in float32, with kernels as stored."""
    training.restore_best()
    trained = training.network
    network = build_network(
        trained.input_shape[1:],
        trained.output_shape[-1],
        **training.recipe.architecture,
    )
    network.set_weights([short(weight) for weight in trained.get_weights()])
    return network


def short(weight):
    """Round a kernel to float16, which halves its file; scales and means stay exact."""
    return weight.astype(np.float16) if weight.ndim > 1 else weight


def _course(training):
    return {
        "finished_epochs": len(training.epochs),
        "best_epoch": training.best.number,
        "seconds": round(sum(epoch.seconds for epoch in training.epochs)),
    }


def _figures(probabilities, labels):
    error = metrics.expected_calibration_error(probabilities, labels)
    return {
        "accuracy": round(metrics.accuracy(probabilities, labels), 5),
        "calibration_error": round(error, 5),
    }
