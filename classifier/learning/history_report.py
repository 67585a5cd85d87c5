"""The gains and losses of training on the history, for the card and the report."""

import numpy as np
from django.utils.translation import gettext_noop

from ..evaluation import reports
from ..evaluation.metrics import NO_CLASS, wilson_interval
from ..training.photographs.part import figures

SHOWN_CHANGES = 24  # of changed answers to the frozen part


def reviewed(version, study, found):
    """Return the answers of both heads to the frozen part, and the changed ones.

    Args:
        version: of the old checkpoint.
        study: the heads and their scores.
        found: the Reviewed uploads.
    """
    before, after = study.of_frozen()
    if not len(after.labels):
        return {"pictures": 0}
    is_changed = before.predicted != after.predicted
    labels = study.uploads.labels
    places = np.flatnonzero(study.divided.is_measured & (labels != NO_CLASS))
    names = study.class_names
    changes = [
        {
            "id": str(found.uploads[places[number]].id),
            "class_name": names[after.labels[number]],
            "before": names[before.predicted[number]],
            "after": names[after.predicted[number]],
        }
        for number in np.flatnonzero(is_changed)[:SHOWN_CHANGES]
    ]
    return {
        **figures(after),
        "pictures": len(after.labels),
        "before": {"version": version, **figures(before)},
        "changed": int(is_changed.sum()),
        "gained": int((after.is_right & ~before.is_right).sum()),
        "lost": int((before.is_right & ~after.is_right).sum()),
        "changes": changes,
    }


def sections(version, study, history):
    """Return the sections of the report: both sets, overall and class by class.

    Args:
        version: of the old checkpoint.
        study: the heads and their scores.
        history: the card's entry about the uploads.
    """
    base, frozen = study.of_base(), study.of_frozen()
    sets = (
        (gettext_noop("Base, cross-validated"), base),
        (gettext_noop("Reviewed uploads, frozen part"), frozen),
    )
    compared = {
        "kind": "history",
        "version": version,
        "history": history,
        "overall": [{"name": name, **_overall(*pair)} for name, pair in sets],
        "rows": _rows(study.class_names, base, frozen),
    }
    evaluations = [
        reports.section(pair[1], name) for name, pair in sets if len(pair[1].labels)
    ]
    return [compared, *evaluations]


def _rows(names, base, frozen):
    """Return for each class its recall on both sets, before and after."""
    columns = [each.classes() for each in (*base, *frozen)]
    return [
        {
            "class_name": name,
            "sets": [
                _change(*(column[label] for column in pair))
                for pair in (columns[:2], columns[2:])
            ],
        }
        for label, name in enumerate(names)
    ]


def _change(before, after):
    return {
        "pictures": after["pictures"],
        "before": before["recall"],
        "after": after["recall"],
        "interval": after["recall_interval"],
    }


def _overall(before, after):
    count = len(after.labels)
    right, right_after = (int(each.is_right.sum()) for each in (before, after))
    return {
        "pictures": count,
        "before": right / max(count, 1),
        "after": right_after / max(count, 1),
        "interval": wilson_interval(right_after, count),
        "gained": int((after.is_right & ~before.is_right).sum()),
        "lost": int((before.is_right & ~after.is_right).sum()),
    }
