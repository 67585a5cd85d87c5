"""From a folder of photographs to a part of a checkpoint, step by step."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .. import picture_folders
from ..evaluation import NO_CLASS
from ..exceptions import DatasetUnavailable
from ..networks import pretrained, published_classes
from . import backbones
from .features import Extractor
from .learning import cross_validated, learn, relearn
from .part import Measured, photograph_part, reopened

LEAST_CLASSES = 2
LEAST_PICTURES = 2


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures that can be read, with their classes and features."""

    pooled: np.ndarray  # float16 (n, views, features)
    labels: np.ndarray  # int (n,), NO_CLASS for "none of these"
    groups: np.ndarray  # str (n,)
    paths: list

    def outputs(self, class_count):
        """Return the output of each picture: "none of these" is the last one."""
        return np.where(self.labels == NO_CLASS, class_count, self.labels)


@dataclass
class PhotographTraining:
    """Learns a head for photographs on the backbone of a checkpoint."""

    # The checkpoint whose backbone is taken, if there is one.
    served: object
    # Where features are kept.
    cache: object
    seed: int = 1
    # Told what goes on.
    report: object = lambda message: None
    skipped: list = field(default_factory=list)
    _models: dict | None = None

    def own_classes(self, folder):
        """Learn the classes that a folder has.

        Returns:
            Their names, and the Part.

        Raises:
            DatasetUnavailable: there are fewer than two, or too few pictures of one.
        """
        folder, test_folder = picture_folders.split(folder)
        names = picture_folders.class_names(picture_folders.find(folder))
        if len(names) < LEAST_CLASSES:
            raise DatasetUnavailable(
                f"Expected a sub-folder for each of at least {LEAST_CLASSES} classes in"
                f" {folder}, got {len(names)}."
            )
        examples = self._examples(folder, names)
        learnt = learn(examples.pooled, examples.outputs(len(names)), examples.groups)
        tested = None
        if test_folder is not None:
            test = self._examples(test_folder, names, least=0)
            tested = Measured(learnt.logits(test.pooled[:, 0]), test.labels, test.paths)
        self.report("Cross-validating")
        logits = cross_validated(learnt, examples.pooled)
        validated = Measured(logits, examples.labels, examples.paths)
        source = f"pictures of {folder.name}"
        part = photograph_part(learnt, self._models, names, validated, tested, source)
        return names, part

    def known_classes(self, folder, names):
        """Learn classes by name, with what the published classifier knows of them."""
        examples = self._examples(folder, names)
        outputs, groups = examples.outputs(len(names)), examples.groups
        make_priors = self._prior_maker(names)
        learnt = learn(examples.pooled, outputs, groups, make_priors)
        self.report("Cross-validating")
        logits = cross_validated(learnt, examples.pooled, make_priors)
        validated = Measured(logits, examples.labels, examples.paths)
        return photograph_part(
            learnt, self._models, names, validated, source=f"{folder}"
        )

    def again(self, names, folder=None):
        """Learn from the embeddings that the checkpoint keeps, and from a folder."""
        self._models = backbones.of_checkpoint(self.served)
        learnt = reopened(self.served)
        source = self.served.card["photograph"].get("source")
        if folder is not None:
            added = self._examples(folder, names, least=0)
            learnt = _extended(learnt, added, len(names))
            source = f"{source}, {folder}"
        logits = cross_validated(learnt)
        labels = np.where(learnt.labels == len(names), NO_CLASS, learnt.labels)
        validated = Measured(logits, labels)
        return photograph_part(learnt, self._models, names, validated, source=source)

    def _examples(self, folder, names, least=LEAST_PICTURES):
        """Read a folder's pictures and compute their features."""
        pictures = picture_folders.find(folder)
        labels = picture_folders.labels(pictures, names)
        paths = [each.path for each in pictures]
        if self._models is None:
            self._models = backbones.of_checkpoint(self.served)
        if not self._models:
            self._models = self._published(paths)
        extractor = Extractor(list(self._models.values()), self.cache)
        seen = extractor.see(paths, self._report_progress)
        self.skipped += seen.skipped
        labels = np.array([labels[place] for place in seen.places], int)
        _check_counts(names, labels, least, folder)
        groups = [
            digest if pictures[place].group is None else pictures[place].group
            for place, digest in zip(seen.places, seen.digests, strict=True)
        ]
        paths = [paths[place] for place in seen.places]
        return Examples(seen.pooled, labels, np.array(groups), paths)

    def _published(self, paths):
        try:
            return backbones.published(paths, self.seed, self.report)
        except FileNotFoundError as error:
            raise DatasetUnavailable(str(error)) from error

    def _prior_maker(self, names):
        """Return what makes priors, None where published weights are not installed."""
        try:
            weights = [pretrained.read_weights(variant) for variant in self._models]
        except FileNotFoundError as error:
            self.report(f"Learning from the photographs alone. {error}")
            return None
        classifiers = [each[pretrained.CLASSIFIER] for each in weights]
        return partial(published_classes.priors, names, classifiers=classifiers)

    def _report_progress(self, done, total, left_s):
        self.report(f"{done} of {total} pictures, {left_s:.0f} s left")


def _extended(learnt, added, class_count):
    """Learn again with pictures added; the projection stays."""
    n, views, features = added.pooled.shape
    rows = added.pooled.reshape(n * views, features).astype(np.float32)
    quantized = learnt.projection.quantize(learnt.projection.embed(rows))
    groups = np.char.add("added ", added.groups)
    return relearn(
        learnt.projection,
        np.concatenate([learnt.quantized, quantized.reshape(n, views, -1)]),
        np.concatenate([learnt.labels, added.outputs(class_count)]),
        np.concatenate([learnt.groups.astype(str), groups]),
        learnt.priors,
    )


def _check_counts(names, labels, least, folder):
    counts = Counter(labels.tolist())
    for label, name in enumerate(names):
        if counts[label] < least:
            raise DatasetUnavailable(
                f"Expected at least {least} pictures of {name} in {folder}, got"
                f" {counts[label]} that can be used."
            )
    if not len(labels):
        raise DatasetUnavailable(f"None of the files in {folder} is a picture.")
