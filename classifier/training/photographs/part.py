"""A trained head for photographs -> a part of a checkpoint, calibrated and measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext_noop

from classifier.evaluation import metrics, reports
from classifier.evaluation.metrics import NO_CLASS, TELLING, Evaluation
from classifier.evaluation.reports import SHOWN_NAMES
from classifier.networks import checkpoints
from classifier.networks.heads import SHRINKAGE, Moments, Prior
from classifier.pictures import open_picture

from .. import rejection
from ..release import Part
from .backbones import name_of
from .learning import FOLDS, Examples, Learnt


@dataclass(frozen=True, slots=True)
class Thumbnails(Sequence):
    """Pictures of a report, opened on demand."""

    paths: list

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, place):
        return metrics.thumbnail(open_picture(self.paths[place]))


@dataclass(frozen=True, slots=True)
class Measured:
    """Labelled pictures with their scores."""

    logits: np.ndarray  # float (n, outputs)
    labels: np.ndarray  # int (n,), NO_CLASS for "none of these"
    paths: list = ()  # of the files, if available

    def evaluation(self, calibration, class_names):
        """Return the Evaluation of these scores."""
        probabilities = calibration.probabilities(self.logits, len(class_names))
        is_known, is_sure = self.labels != NO_CLASS, calibration.is_sure(probabilities)
        paths = [self.paths[place] for place in np.flatnonzero(is_known) if self.paths]
        return Evaluation(
            probabilities=probabilities[is_known],
            labels=self.labels[is_known],
            is_sure=is_sure[is_known],
            class_names=class_names,
            images=Thumbnails(paths),
            is_sure_of_none=is_sure[~is_known],
        )


def photograph_part(learnt, models, class_names, kinds, validated, source, tested=None):
    """Make the part of a checkpoint.

    Args:
        learnt: the Learnt head.
        models: bytes of the backbone's LiteRT models by variant.
        class_names: in label order.
        kinds: of "none of these", in the order of the outputs.
        validated: Measured by cross-validation; the calibration is fitted to it.
        source: of the pictures, for the card.
        tested: Measured on pictures of a test folder, if there is one.

    Returns:
        The Part.
    """
    calibration = rejection.fit_photographs(
        validated.logits, validated.labels, len(class_names)
    )
    evaluations = {"cross_validation": validated.evaluation(calibration, class_names)}
    if tested is not None:
        evaluations["test"] = tested.evaluation(calibration, class_names)
    counts = np.bincount(
        validated.labels[validated.labels != NO_CLASS], minlength=len(class_names)
    )
    about = {
        "source": source,
        "pictures": dict(zip(class_names, counts.tolist(), strict=True)),
        "kinds_of_none": kinds,
        "pictures_of_none": int((validated.labels == NO_CLASS).sum()),
        "groups": len(np.unique(learnt.examples.groups)),
        "folds": FOLDS,
        "dimensions": learnt.examples.embeddings.shape[2],
        "shrinkage": SHRINKAGE,
        **{name: figures(each) for name, each in evaluations.items()},
    }
    about["notes"] = too_small(class_names, counts)
    titles = {
        "cross_validation": gettext_noop("Photographs, cross-validated"),
        "test": gettext_noop("Photographs of the test folder"),
    }
    sections = [
        reports.section(each, titles[name]) for name, each in evaluations.items()
    ]
    return Part(
        {"variants": list(models)},
        calibration,
        {
            **{name_of(variant): model for variant, model in models.items()},
            checkpoints.HEAD: _head_arrays(learnt),
            checkpoints.EMBEDDINGS: _embedding_arrays(learnt),
        },
        about,
        sections,
    )


def reopened(checkpoint):
    """Return the training data of a checkpoint's head."""
    kept, network = checkpoint.load_embeddings(), checkpoint.load_photograph_network()
    priors = zip(
        kept["prior_labels"], kept["prior_means"], kept["prior_weights"], strict=True
    )
    return Learnt(
        network.projection,
        network.head,
        Moments(kept["counts"], kept["sums"], kept["products"]),
        Examples(
            network.projection.restore(kept["embeddings"])[:, np.newaxis],
            kept["labels"].astype(int),
            kept["groups"].astype(str),
        ),
        tuple(Prior(int(label), mean, float(weight)) for label, mean, weight in priors),
        network.orientation,
    )


def figures(measured):
    """Return the figures of an Evaluation for a card."""
    known = measured.as_dict()
    right = {"accuracy": known["accuracy"], "interval": known["accuracy_interval"]}
    sure = known["not_sure"]
    return _rounded(
        {
            **right,
            "calibration_error": known["calibration_error"],
            "coverage": 1 - sure["share"],
            "accuracy_when_sure": sure["accuracy_when_sure"],
            "accuracy_when_sure_interval": sure["accuracy_when_sure_interval"],
            "none_not_sure": known["no_class"]["not_sure"],
            "recall": {row["class_name"]: row["recall"] for row in known["classes"]},
        }
    )


def too_small(class_names, counts):
    """Return a sentence on the classes with too few pictures, if there are any."""
    few = [
        f"{name} ({count})"
        for name, count in zip(class_names, counts, strict=True)
        if count < TELLING
    ]
    if not few:
        return []
    shown = ", ".join(few[:SHOWN_NAMES])
    more = f" and {len(few) - SHOWN_NAMES} more" if len(few) > SHOWN_NAMES else ""
    return [
        f"Too small to tell how well they are recognised, with fewer than {TELLING}"
        f" pictures: {shown}{more}."
    ]


def _rounded(value):
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return round(value, 5)


def _head_arrays(learnt):
    projection, head, turns = learnt.projection, learnt.head, {}
    if learnt.orientation is not None:
        values = learnt.orientation.head.weights, learnt.orientation.head.bias
        turns = dict(zip(checkpoints.ORIENTATION, values, strict=True))
    return {
        "centre": projection.centre.astype(np.float32),
        "basis": projection.basis.astype(np.float16),
        "step": projection.step.astype(np.float32),
        "weights": head.weights,
        "bias": head.bias,
        **turns,
    }


def _embedding_arrays(learnt):
    """Return each picture's embedding for answers, and the moments of all views."""
    examples, moments = learnt.examples, learnt.moments
    answered = examples.embeddings[:, 0]
    means = [prior.mean for prior in learnt.priors]
    return {
        "embeddings": learnt.projection.quantize(answered),
        "labels": examples.labels.astype(np.int16),
        "groups": np.unique(examples.groups, return_inverse=True)[1].astype(np.int32),
        "counts": moments.counts,
        "sums": moments.sums.astype(np.float32),
        "products": moments.products.astype(np.float32),
        "prior_labels": np.array([prior.label for prior in learnt.priors], np.int16),
        "prior_means": np.array(means, np.float32).reshape(-1, answered.shape[1]),
        "prior_weights": np.array([p.weight for p in learnt.priors], np.float32),
    }
