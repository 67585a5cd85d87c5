"""From a folder of photographs to a part of a checkpoint, step by step."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from classifier.evaluation.metrics import NO_CLASS
from classifier.exceptions import DatasetUnavailable
from classifier.networks import heads
from classifier.networks.projection import Projection
from classifier.networks.views import QUICK, THOROUGH, TURNED, WHOLE

from .. import folders
from . import backbones, pretrained, published_classes
from .features import Extractor
from .learning import Examples, cross_validated, embed, learn
from .part import Measured, photograph_part, reopened
from .sources import check_counts, check_folder

FEATURES = ".training/features"  # below the checkpoints; computed once
LEAST_CLASSES = 2
LEAST_PICTURES = 2


@dataclass(frozen=True, slots=True)
class Pictures:
    """Readable pictures, with their classes and features."""

    pooled: np.ndarray  # float16 (n, views, features)
    labels: np.ndarray  # int (n,), NO_CLASS for "none of these"
    kinds: np.ndarray  # str (n,), the kind of "none of these", else ""
    groups: np.ndarray  # str (n,)
    paths: list

    @property
    def kinds_of_none(self):
        """The kinds of "none of these" in order; the head has an output for each."""
        return np.unique(self.kinds[self.labels == NO_CLASS]).tolist()

    def embedded(self, projection, class_count, kinds, is_turned=False):
        """Return the pictures as Examples; an unknown kind counts as the first.

        Args:
            projection: for the embeddings.
            class_count: number of outputs that are classes.
            kinds: of "none of these", the outputs after the classes.
            is_turned: whether the features are of the views in THOROUGH and TURNED.
        """
        place = {kind: number for number, kind in enumerate(kinds)}
        none = [class_count + place.get(kind, 0) for kind in self.kinds.tolist()]
        embeddings, turned = embed(projection, self.pooled), None
        if is_turned:
            whole = embeddings[:, [THOROUGH.index(WHOLE)]]
            embeddings, others = np.split(embeddings, [len(THOROUGH)], axis=1)
            turned = np.concatenate([whole, others], axis=1)
        return Examples(
            embeddings,
            np.where(self.labels == NO_CLASS, none, self.labels),
            self.groups,
            turned,
        )


@dataclass
class PhotographTraining:
    """Trains a head for photographs on the backbone of a checkpoint."""

    # The checkpoint that provides backbone and projection, if there is one.
    served: object
    seed: int = 1
    # Called with messages about the progress.
    report: object = lambda message: None
    skipped: list = field(default_factory=list)
    _models: dict | None = None

    def own_classes(self, folder):
        """Train on the classes of a folder.

        Returns:
            Their names, and the Part.

        Raises:
            DatasetUnavailable: there are fewer than two, or too few pictures of one.
        """
        folder, test_folder = folders.split(folder)
        found = folders.find(folder)
        test = test_folder and folders.find(test_folder)
        return self.of_pictures(found, folder.name, test)

    def of_pictures(self, found, source, test_pictures=None):
        """Train on the classes of pictures.

        Args:
            found: LabelledPictures.
            source: the name of their folder or set.
            test_pictures: LabelledPictures to measure on, besides cross-validation.

        Returns:
            The names of the classes, and the Part.

        Raises:
            DatasetUnavailable: there are fewer than two, or too few pictures of one.
        """
        names = folders.class_names(found)
        if len(names) < LEAST_CLASSES:
            raise DatasetUnavailable(
                f"Expected a sub-folder for each of at least {LEAST_CLASSES} classes in"
                f" {source}, got {len(names)}."
            )
        pictures = self._pictures(found, source, names, QUICK)
        projection = self._projection(pictures)
        kinds = pictures.kinds_of_none
        examples = pictures.embedded(projection, len(names), kinds)
        count = len(names) + len(kinds)
        learnt = learn(projection, examples, count)
        tested = None
        if test_pictures is not None:
            test = self._pictures(test_pictures, "test", names, QUICK, least=0)
            tested = Measured(learnt.logits(test.pooled[:, 0]), test.labels, test.paths)
        validated = Measured(
            cross_validated(examples, count), pictures.labels, pictures.paths
        )
        source = f"pictures of {source}"
        part = photograph_part(
            learnt, self._models, names, kinds, validated, source, tested
        )
        return names, part

    def known_classes(self, folder, names):
        """Train on named classes, with the published classifier's priors.

        Raises:
            DatasetUnavailable: there are no photographs, or too few of a class.
        """
        check_folder(folder)
        pictures = self._pictures(
            folders.find(folder), folder, names, (*THOROUGH, *TURNED)
        )
        projection = self._projection(pictures)
        kinds = pictures.kinds_of_none
        examples = pictures.embedded(projection, len(names), kinds, is_turned=True)
        count = len(names) + len(kinds)
        priors = self._priors(names, examples, pictures)
        self.report("Cross-validating")
        validated = Measured(
            cross_validated(examples, count, priors), pictures.labels, pictures.paths
        )
        learnt = learn(projection, examples, count, priors)
        source = f"pictures of {Path(folder).name}"
        return photograph_part(learnt, self._models, names, kinds, validated, source)

    def again(self, names, folder=None):
        """Train on the checkpoint's own training data, and on a folder."""
        self._models = backbones.of_checkpoint(self.served)
        kept = reopened(self.served)
        moments, examples = kept.moments, kept.examples
        card = self.served.card["photograph"]
        source, kinds = card["source"], card["kinds_of_none"]
        if folder is not None:
            pictures = self._pictures(
                folders.find(folder), folder, names, THOROUGH, least=0
            )
            if pictures.kinds_of_none and not kinds:
                raise DatasetUnavailable(
                    f"Expected no pictures of none of the classes in {folder}, as the"
                    " checkpoint that is served has learnt none: leave them out, or"
                    " learn from the folder without --add."
                )
            added = pictures.embedded(kept.projection, len(names), kinds)
            moments += added.moments(len(moments.counts))
            examples = _joined(examples, added)
            source = f"{source}, {Path(folder).name}"
        head = heads.learn(moments, kept.priors)
        learnt = replace(kept, head=head, moments=moments, examples=examples)
        logits = cross_validated(examples, len(moments.counts), kept.priors)
        labels = np.where(examples.labels < len(names), examples.labels, NO_CLASS)
        validated = Measured(logits, labels)
        return photograph_part(learnt, self._models, names, kinds, validated, source)

    def _pictures(self, pictures, source, names, views, least=LEAST_PICTURES):
        """Read LabelledPictures and compute their features."""
        labels = folders.labels(pictures, names)
        paths = [each.path for each in pictures]
        if self._models is None:
            self._models = backbones.of_checkpoint(self.served)
        if not self._models:
            self._models = self._published(paths)
        extractor = Extractor(
            list(self._models.values()), views, settings.CHECKPOINTS_DIR / FEATURES
        )
        seen = extractor.see(
            paths, self._report_progress, [each.sha256 for each in pictures]
        )
        self.skipped += seen.skipped
        labels = np.array([labels[place] for place in seen.places], int)
        check_counts(names, labels, least, source, paths)
        groups = [
            digest if pictures[place].group is None else pictures[place].group
            for place, digest in zip(seen.places, seen.digests, strict=True)
        ]
        paths = [paths[place] for place in seen.places]
        kinds = [folders.kind_of_none(pictures[place]) for place in seen.places]
        return Pictures(seen.pooled, labels, np.array(kinds), np.array(groups), paths)

    def _projection(self, pictures):
        """Return the checkpoint's projection, or fit one for a new backbone.

        A backbone keeps its projection, so that the embeddings of all its checkpoints
        and of past uploads are comparable.
        """
        if backbones.of_checkpoint(self.served):
            return self.served.load_photograph_network().projection
        return Projection.learn(pictures.pooled[:, 0].astype(np.float32))

    def _published(self, paths):
        try:
            return backbones.published(paths, self.seed, self.report)
        except FileNotFoundError as error:
            raise DatasetUnavailable(str(error)) from error

    def _priors(self, names, examples, pictures):
        """Return prior means, none if the published weights are not installed."""
        try:
            weights = [pretrained.read_weights(variant) for variant in self._models]
        except FileNotFoundError as error:
            self.report(f"Learning from the photographs alone. {error}")
            return ()
        return published_classes.priors(
            names,
            examples.embeddings[:, 0],
            pictures.pooled[:, 0].astype(np.float32),
            examples.labels,
            [each[pretrained.CLASSIFIER] for each in weights],
        )

    def _report_progress(self, done, total, left_s):
        said = _("%(done)d of %(total)d pictures, %(left)d s left")
        self.report(said % {"done": done, "total": total, "left": left_s})


def _joined(first, added):
    """Return the Examples of two sets of pictures, in the view for answers."""
    return Examples(
        np.concatenate([first.embeddings, added.embeddings[:, :1]]),
        np.concatenate([first.labels, added.labels]),
        np.concatenate([first.groups, np.char.add("added ", added.groups)]),
    )
