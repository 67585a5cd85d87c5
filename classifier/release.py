"""Trained networks -> a checkpoint with its card, calibrated and measured.

Everything is measured with the networks as they will be served.
"""

import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from . import evaluation, promotion, registry, reports
from .augmentation import drawings
from .calibration import NEVER_SURE, Calibration, Scale
from .dataset import Split
from .inference import Network
from .network import build_network, to_litert, with_mirror_image
from .preprocessing import Preprocessing
from .scoring import Scorer
from .training import as_photographs
from .validation import split_for_photographs

# The share of a data set's validation images that may go without a sure answer.
DOUBTED = 0.02
# The share of right ones among the sure answers, to photographs composed of validation
# images with drawings of no class among them; the lower end of its 95 % interval.
RIGHT_WHEN_SURE = 0.85
LIBRARIES = ("ai-edge-litert", "keras", "numpy", "opencv-python-headless", "pillow")


def release(trainings, data, command, before=None):
    """Write the best epochs of trainings as a checkpoint.

    Args:
        trainings: by kind, each a Training with at least one epoch; its network gets
            the best one's weights. One for `image` is among them.
        data: the Dataset, whose test split is looked at here for the first time.
        command: the command line that repeats the training.
        before: the Checkpoint to be compared with, if any.

    Returns:
        The Checkpoint; its card's `compared` says how often `before` is right on the
        same pictures, None where it knows other classes.
    """
    networks = {kind: served_network(each) for kind, each in trainings.items()}
    models = {
        kind: to_litert(with_mirror_image(each)) for kind, each in networks.items()
    }
    scorer = Scorer({kind: Network(model) for kind, model in models.items()})
    validation = trainings["image"].validation
    validated = scorer.score(validation.images)
    image = image_scale(validated, validation.labels)
    test = data.test
    tested = scorer.score(test.images)
    composed = photographs_of(trainings, data)
    shown = scorer.score(composed.images, is_photograph=True)
    photograph = photograph_scale(shown, composed.labels)
    preprocessing = Preprocessing()
    created = datetime.now(UTC)
    card = {
        "created": created.isoformat(timespec="seconds"),
        "class_names": list(data.class_names),
        "input_shape": list(preprocessing.input_shape),
        "parameters": sum(each.count_params() for each in networks.values()),
        "networks": {
            kind: training.recipe.architecture(kind)
            for kind, training in trainings.items()
        },
        "preprocessing": {
            "version": preprocessing.version,
            "parameters": preprocessing.parameters,
        },
        "calibration": Calibration(image, photograph).parameters,
        "training": {
            "command": command,
            **asdict(trainings["image"].plan),
            **{kind: _course(training) for kind, training in trainings.items()},
        },
        "splits": {
            "train": len(trainings["image"].stream.split),
            "validation": len(validation),
            "test": len(test),
        },
        "validation": _figures(image, validated.logits, validation.labels),
        "composed": _figures(photograph, shown.logits, composed.labels),
        "test": _figures(image, tested.logits, test.labels),
        "compared": promotion.measured(before, data, composed),
        "never_sure": [
            kind
            for kind, scale in (("image", image), ("photograph", photograph))
            if scale.threshold >= NEVER_SURE
        ],
        "libraries": _library_versions(),
    }
    name = f"{created:%Y%m%d-%H%M%S}"
    title = f"Checkpoint {name} on its test split"
    report = reports.render(_evaluation(image, tested, data), title, card)
    files = {
        kind: ([short(weight) for weight in each.get_weights()], models[kind])
        for kind, each in networks.items()
    }
    return registry.save(name, files, card, report)


def served_network(training):
    """Build the best epoch's network in float32, its kernels as they are kept."""
    training.restore_best()
    trained = training.network
    network = build_network(
        trained.input_shape[1:],
        trained.output_shape[-1],
        **training.recipe.architecture(training.kind),
    )
    network.set_weights([short(weight) for weight in trained.get_weights()])
    return network


def short(weight):
    """Round a kernel to float16, which halves its file; scales and means stay exact."""
    return weight.astype(np.float16) if weight.ndim > 1 else weight


def photographs_of(trainings, data):
    """Photographs composed of validation images, and drawings of no class."""
    seed, validation = trainings["image"].plan.seed, trainings["image"].validation
    if data.is_photographed:
        return validation
    if "photograph" in trainings:  # composed already, to validate its network with
        shown = trainings["photograph"].validation
    else:
        shown = as_photographs(validation, data, seed)
    _, to_draw = split_for_photographs(validation)
    drawn = drawings(to_draw, seed)
    labels = [*shown.labels, *[evaluation.NO_CLASS] * len(drawn)]
    return Split(np.concatenate([shown.images, drawn]), np.array(labels))


def image_scale(score, labels):
    """Choose what nearly all images of the data set pass, where they may."""
    temperature = evaluation.fit_temperature(score.logits, labels)
    threshold = max(
        evaluation.threshold_of_share(score, DOUBTED),
        evaluation.supported_threshold(score, labels, RIGHT_WHEN_SURE),
    )
    return Scale(temperature, threshold)


def photograph_scale(score, labels):
    """Choose what gives so many right ones among the sure answers."""
    is_known = labels != evaluation.NO_CLASS
    temperature = evaluation.fit_temperature(score.logits[is_known], labels[is_known])
    threshold = evaluation.supported_threshold(score, labels, RIGHT_WHEN_SURE)
    return Scale(temperature, threshold)


def _course(training):
    return {
        "finished_epochs": len(training.epochs),
        "best_epoch": training.best.number,
        "seconds": round(sum(epoch.seconds for epoch in training.epochs)),
    }


def _evaluation(scale, score, data):
    return evaluation.Evaluation(
        probabilities=scale.probabilities(score.logits),
        labels=data.test.labels,
        is_sure=scale.is_sure(score.confidence),
        class_names=data.class_names,
        images=data.test.images,
    )


def _figures(scale, logits, labels):
    is_known = labels != evaluation.NO_CLASS
    probabilities = scale.probabilities(logits[is_known])
    labels = labels[is_known]
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
