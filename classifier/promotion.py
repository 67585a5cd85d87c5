"""Whether a new checkpoint takes the place of the one that is served, and why not.

The older one is measured again, on the very pictures that the new one is measured on.
"""

import operator

from . import evaluation, registry
from .exceptions import NetworkUnavailable
from .preprocessing import Preprocessing
from .scoring import Scorer

PICTURES = {"test": "test pictures", "composed": "composed photographs"}


def measured(checkpoint, data, composed):
    """How often a checkpoint is right on pictures that another one is measured on.

    Returns:
        Its version and its shares, None where it knows other classes or is broken.
    """
    if checkpoint is None or checkpoint.class_names != tuple(data.class_names):
        return None
    if checkpoint.preprocessing != Preprocessing():
        return None
    try:
        networks = {kind: checkpoint.load(kind) for kind in checkpoint.kinds}
    except NetworkUnavailable:
        return None
    scorer = Scorer(networks)
    known = composed.subset(composed.labels != evaluation.NO_CLASS)
    shown = scorer.score(known.images, is_photograph=True)
    tested = scorer.score(data.test.images)
    return {
        "version": checkpoint.version,
        "test": round(evaluation.accuracy(tested.logits, data.test.labels), 5),
        "composed": round(evaluation.accuracy(shown.logits, known.labels), 5),
    }


def why_not(checkpoint, before, is_finished):
    """A sentence on why the one served before stays, None where the new one is better.

    Better is what is right more often on the same test pictures, and not less often on
    the same photographs.
    """
    if before is None:
        return None
    if not is_finished:
        return "the new one was cut short."
    compared = checkpoint.card["compared"]
    if before.class_names != checkpoint.class_names:
        return "the new one knows other classes, so nothing says which is better."
    if compared is None:
        return "it cannot be measured on the pictures of the new one."
    for name, is_better in (("test", operator.gt), ("composed", operator.ge)):
        new, old = checkpoint.card[name]["accuracy"], compared[name]
        if not is_better(new, old):
            return (
                f"on the same {PICTURES[name]} it is right {old:.2%}, the new one"
                f" {new:.2%}."
            )
    return None


def doubt(checkpoint):
    """A sentence on the kinds of pictures of which no answer is called sure."""
    kinds = " and ".join(f"{kind}s" for kind in checkpoint.card["never_sure"])
    if not kinds:
        return ""
    return (
        f" No answer to {kinds} is called sure: too few pictures were held back, or too"
        " few of them were answered right, to rely on one."
    )


def comparison(before, checkpoint):
    """A sentence on the checkpoint served before."""
    if not before:
        return ""
    compared = checkpoint.card["compared"]
    figure = "was not compared"
    if compared:
        figure = f"is right {compared['test']:.2%} on the same test pictures"
    return (
        f" {before.version}, served before, {figure}; to go back, write its name into"
        f" {registry.pointer()}."
    )
