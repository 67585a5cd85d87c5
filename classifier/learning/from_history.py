"""`manage.py train --from-history`: base embeddings and reviewed uploads -> checkpoint.

The base is the training data of the checkpoint's head, as stored in the checkpoint.
Only counts of uploads are stored, so that a deleted upload is not trained on again.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..evaluation.metrics import NO_CLASS, Evaluation
from ..exceptions import DatasetUnavailable, NetworkUnavailable
from ..networks import checkpoints, heads
from ..networks.heads import Moments
from ..training import rejection
from ..training.photographs.part import figures, reopened
from ..training.release import kept_part, release
from . import head_learning, history_report, reviewed
from .head_learning import Uploads


def make(before, selection, say=lambda message: None, by=""):
    """Learn from the history and write the checkpoint; return it.

    Args:
        before: the served Checkpoint, None if there is none.
        selection: the Selection of uploads.
        say: called with messages about the progress.
        by: who asked for it.

    Raises:
        DatasetUnavailable, HistoryUnavailable
        NetworkUnavailable: no network for photographs is served.
    """
    if before is None or not before.has_photograph_network:
        raise NetworkUnavailable(
            _("No network for photographs is served: train one first.")
        )
    parts = learn(before, selection, say)
    say(_("Writing the checkpoint"))
    return release(parts, before.class_names, selection.command, by)


def learn(checkpoint, selection, say=lambda message: None):
    """Train a head again, together with the reviewed uploads.

    Args:
        checkpoint: provides the base.
        selection: the Selection of uploads.
        say: called with messages about the progress.

    Returns:
        The parts of a checkpoint by kind.

    Raises:
        DatasetUnavailable: no reviewed upload can be used.
        HistoryUnavailable
    """
    say(_("Reading the reviewed uploads"))
    found = reviewed.read(checkpoint.embedding_version, checkpoint.class_names)
    base = reopened(checkpoint)
    uploads = _as_uploads(found, base, selection)
    say(
        _("Looking for near-duplicates among %(count)d uploads")
        % {"count": len(uploads.labels)}
    )
    divided = head_learning.divide(uploads, base.examples.embeddings[:, 0])
    _check(divided, found)
    count = int(divided.is_learnt.sum())
    said = ngettext("Learning from %(n)d upload", "Learning from %(n)d uploads", count)
    say(said % {"n": count})
    study = _Study(checkpoint, base, uploads, divided)
    return _parts(checkpoint, study, found, selection)


class _Study:
    """The old and the new head, with their scores."""

    def __init__(self, checkpoint, base, uploads, divided):
        self.class_names = checkpoint.class_names
        self.uploads, self.divided = uploads, divided
        count = len(base.moments.counts)
        before = base.head.logits(uploads.embeddings)
        outputs = head_learning.outputs_of(
            uploads.labels, before, len(self.class_names)
        )

        def moments(places):
            return Moments.of(uploads.embeddings[places], outputs[places], count)

        learnt = divided.is_learnt & (outputs != NO_CLASS)
        self.head = heads.learn(base.moments + moments(learnt), base.priors)
        # Near-duplicates of a base picture would leak the answer into its fold.
        others = moments(learnt & ~divided.is_near_base)
        self.cross_validated = head_learning.cross_validated(
            base.examples, base.priors, count, others
        )
        labels = base.examples.labels
        self.labels = np.where(labels < len(self.class_names), labels, NO_CLASS)
        self.calibration = rejection.fit_photographs(
            self.cross_validated[1], self.labels, len(self.class_names)
        )
        self.reviewed = before, self.head.logits(uploads.embeddings)

    def of_base(self):
        """Return the Evaluations of the base, without the uploads and with them."""
        return [self._evaluation(each, self.labels) for each in self.cross_validated]

    def of_frozen(self):
        """Return the Evaluations of the frozen part by both heads."""
        places = self.divided.is_measured
        return [
            self._evaluation(each[places], self.uploads.labels[places])
            for each in self.reviewed
        ]

    def _evaluation(self, logits, labels):
        probabilities = self.calibration.probabilities(logits, len(self.class_names))
        is_sure, is_known = self.calibration.is_sure(probabilities), labels != NO_CLASS
        return Evaluation(
            probabilities=probabilities[is_known],
            labels=labels[is_known],
            is_sure=is_sure[is_known],
            class_names=self.class_names,
            is_sure_of_none=is_sure[~is_known],
        )


def _as_uploads(found, base, selection):
    wanted = np.array([selection.takes(each) for each in found.uploads], bool)
    is_frozen, labels = found.is_frozen, np.array(found.labels, int)
    candidates = wanted & ~is_frozen
    wanted[candidates] = reviewed.newest_of_each(labels[candidates], selection.most)
    return Uploads(found.embeddings(base.projection), labels, is_frozen, wanted)


def _check(divided, found):
    if divided.is_learnt.any():
        return
    reasons = ", ".join(f"{count} {_(why)}" for why, count in found.left_out.items())
    raise DatasetUnavailable(
        _(
            "Expected reviewed photographs to learn from, got %(count)d, none of them"
            " outside the frozen part and within the options (left out: %(reasons)s)."
            " Confirm or correct some in the admin; manage.py embed gives old ones"
            " their embeddings."
        )
        % {"count": len(found.uploads), "reasons": reasons or "0"}
    )


def _parts(checkpoint, study, found, selection):
    """Return the parts of the new checkpoint; only its head differs."""
    kept = kept_part(checkpoint, "photograph")
    arrays = {**checkpoint.head_arrays(), **_arrays(study.head)}
    about = {**kept.about, **_about(checkpoint, study, found, selection)}
    photograph = replace(
        kept,
        calibration=study.calibration,
        files={**kept.files, checkpoints.HEAD: arrays},
        about=about,
        sections=history_report.sections(checkpoint.version, study, about["history"]),
    )
    parts = {"image": kept_part(checkpoint, "image"), "photograph": photograph}
    return {kind: part for kind, part in parts.items() if part is not None}


def _arrays(head):
    return {"weights": head.weights, "bias": head.bias}


def _about(checkpoint, study, found, selection):
    before, after = study.of_base()
    divided = study.divided
    names = [
        found.uploads[place].corrected_class_name
        for place in np.flatnonzero(divided.is_learnt)
    ]
    counts = Counter(names)
    return {
        "cross_validation": figures(after),
        "compared": {"version": checkpoint.version, **figures(before)},
        "reviewed": history_report.reviewed(checkpoint.version, study, found),
        "history": {
            **selection.as_dict(),
            "uploads": int(divided.is_learnt.sum()),
            "of_class": {name: counts[name] for name in sorted(counts)},
            "near_frozen": int(
                (divided.is_near_frozen & study.uploads.is_wanted).sum()
            ),
            "left_out": dict(found.left_out),
            "newest": max(str(each.created_at) for each in found.uploads),
        },
    }
