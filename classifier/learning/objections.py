"""Objections to the promotion of a checkpoint.

The older network for images is measured again, on the test pictures of the new one; the
networks for photographs are compared by their cross-validations.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ..evaluation import metrics
from ..exceptions import NetworkUnavailable
from ..networks.preprocessing import to_batch

# The entry of a card with the accuracy of a network.
FIGURES = {"image": "test", "photograph": "cross_validation"}
# A loss of at most this share does not count: a head trained on further pictures varies
# as much on the former ones.
TOLERANCE = 0.003
NO_NETWORK = {
    "image": _("%(version)s has no network for images."),
    "photograph": _("%(version)s has no network for photographs."),
}
LESS_OFTEN = {
    "image": _(
        "Of the test images %(version)s gets %(new).2f %% right, %(before)s"
        " %(old).2f %%."
    ),
    "photograph": _(
        "Of the photographs, cross-validated, %(version)s gets %(new).2f %% right,"
        " %(before)s %(old).2f %%."
    ),
    "reviewed": _(
        "Of the frozen part of the reviewed uploads %(version)s gets %(new).2f %%"
        " right, %(before)s %(old).2f %%."
    ),
}
PICTURES = {"image": "test pictures", "photograph": "photographs, cross-validated,"}


def measured(checkpoint, data):
    """Measure the accuracy of a checkpoint on the test pictures of another one.

    Returns:
        Its version and its accuracy, None if it has other classes or is broken.
    """
    if checkpoint is None or checkpoint.class_names != tuple(data.class_names):
        return None
    if not checkpoint.has_image_network:
        return None
    try:
        network = checkpoint.load_image_network()
    except NetworkUnavailable:
        return None
    logits = network(to_batch(data.test.images))
    share = metrics.accuracy(logits, data.test.labels)
    return {"version": checkpoint.version, "test": round(share, 5)}


def why_not(checkpoint, before, is_finished):
    """Return a sentence on why the old checkpoint stays, None if it is replaced.

    It is replaced if one network is more accurate and none less.
    """
    if before is None:
        return None
    if not is_finished:
        return "the new one was cut short."
    if before.class_names != checkpoint.class_names:
        return "the new one knows other classes, so nothing says which is better."
    lost = before.card["networks"].keys() - checkpoint.card["networks"].keys()
    if lost:
        return f"the new one has no network for {lost.pop()}s."
    pairs = {kind: _pair(kind, checkpoint, before) for kind in FIGURES}
    pairs = {kind: pair for kind, pair in pairs.items() if pair is not None}
    for kind, (new, old) in pairs.items():
        if new < old:
            return _worse(kind, new, old)
    gained = checkpoint.card["networks"].keys() - before.card["networks"].keys()
    if gained or any(new > old for new, old in pairs.values()):
        return None
    if not pairs:
        return "it cannot be measured on the pictures of the new one."
    kind = "image" if "image" in pairs else "photograph"
    return _worse(kind, *pairs[kind])


def worse(checkpoint, before):
    """Return sentences on the losses of a checkpoint compared with another one.

    Checkpoints of different classes are not compared.
    """
    if before is None or before.class_names != checkpoint.class_names:
        return []
    lost = before.card["networks"].keys() - checkpoint.card["networks"].keys()
    named = {"version": checkpoint.version}
    said = [gettext(NO_NETWORK[kind]) % named for kind in sorted(lost)]
    pairs = {kind: _pair(kind, checkpoint, before) for kind in FIGURES}
    pairs["reviewed"] = _reviewed_pair(checkpoint, before)
    for kind, pair in pairs.items():
        if pair and pair[0] < pair[1] - TOLERANCE:
            new, old = (100 * share for share in pair)
            values = {"new": new, "old": old, "before": before.version}
            said.append(gettext(LESS_OFTEN[kind]) % {**values, **named})
    return said


def doubt(checkpoint):
    """Return a sentence on the kinds of pictures without any sure answer."""
    kinds = " and ".join(f"{kind}s" for kind in checkpoint.card["never_sure"])
    if not kinds:
        return ""
    return (
        f" No answer to {kinds} is called sure: too few pictures were held back, or too"
        " few of them were answered right, to rely on one."
    )


def comparison(before, checkpoint):
    """Return a sentence on the comparison with the old checkpoint."""
    if not before:
        return ""
    shares = [
        f"is right {pair[1]:.2%} on the same {PICTURES[kind]}".rstrip(",")
        for kind in FIGURES
        if (pair := _pair(kind, checkpoint, before)) is not None
    ]
    figures = " and ".join(shares) or "was not compared"
    return (
        f" {before.version}, served before, {figures}; to go back, run manage.py"
        " networks rollback."
    )


def _pair(kind, checkpoint, before):
    """Return the accuracies of the new network and the old one, None if unknown."""
    new, old = checkpoint.card.get(kind), before.card.get(kind)
    if not new or before.class_names != checkpoint.class_names:
        return None
    place, compared = FIGURES[kind], new.get("compared")
    if compared and compared["version"] == before.version:
        share = "test" if kind == "image" else "accuracy"
        return new[place]["accuracy"], compared[share]
    if old and place in new and place in old and (kind == "photograph" or new == old):
        return new[place]["accuracy"], old[place]["accuracy"]
    return None


def _reviewed_pair(checkpoint, before):
    """Return the accuracies on the frozen part of the reviewed uploads."""
    measured = checkpoint.card.get("photograph", {}).get("reviewed") or {}
    known = measured.get("before", {})
    if known.get("version") != before.version:
        return None
    return measured["accuracy"], known["accuracy"]


def _worse(kind, new, old):
    return f"on the same {PICTURES[kind]} it is right {old:.2%}, the new one {new:.2%}."
