"""The messages of a training: a line for each epoch, figures at its end."""

from . import objections


def progress(epoch, epochs):
    """Return the line of an Epoch and the total number of epochs."""
    left_s = (epochs - epoch.number) * epoch.seconds
    return (
        f"epoch {epoch.number}/{epochs}: loss {epoch.loss:.3f},"
        f" val_loss {epoch.validation_loss:.3f},"
        f" val_accuracy {epoch.validation_accuracy:.4f}, {epoch.seconds:.1f} s,"
        f" {left_s / 60:.0f} min left"
    )


def served(checkpoint, before):
    """Return the message about a new checkpoint that is served now."""
    return (
        f"{_written(checkpoint)} It is the one to serve: a service that runs answers by"
        f" it within seconds.{objections.comparison(before, checkpoint)}"
    )


def kept(checkpoint, before, objection):
    """Return the message about a new checkpoint while another one stays served."""
    return (
        f"{_written(checkpoint)} {before.version} is served still: {objection} To serve"
        f" the new one all the same, run manage.py networks promote"
        f" {checkpoint.version} --reason WHY."
    )


def learnt(checkpoint):
    """Return the message about a checkpoint trained on the history."""
    about = checkpoint.card["photograph"]
    known, before = about["cross_validation"], about["compared"]
    reviewed = about["reviewed"]
    said = [
        f"Wrote {checkpoint.path}.{objections.doubt(checkpoint)}",
        f"Learnt from {about['history']['uploads']} reviewed uploads.",
        f"Base, cross-validated: {before['accuracy']:.2%} without them,"
        f" {known['accuracy']:.2%} with them.",
    ]
    if reviewed["pictures"]:
        low, high = reviewed["interval"]
        said.append(
            f"Frozen part, {reviewed['pictures']} uploads:"
            f" {reviewed['before']['accuracy']:.2%} by {reviewed['before']['version']},"
            f" {reviewed['accuracy']:.2%} now (95 %: {low:.2%} to {high:.2%});"
            f" {reviewed['gained']} gained, {reviewed['lost']} lost."
        )
    return " ".join(said)


def _written(checkpoint):
    notes = checkpoint.card.get("photograph", {}).get("notes", [])
    doubt = objections.doubt(checkpoint)
    figures = "; ".join(_figures(checkpoint.card))
    return " ".join([f"Wrote {checkpoint.path}: {figures}.{doubt}", *notes])


def _figures(card):
    """Yield the figures of each network of a checkpoint."""
    if "image" in card:
        test = card["image"]["test"]
        yield (
            f"images: test accuracy {test['accuracy']:.2%}, calibration error"
            f" {test['calibration_error']:.2%}"
        )
    if "photograph" in card:
        yield from _of_photographs(card["photograph"])


def _of_photographs(about):
    is_tested = "test" in about
    known = about["test" if is_tested else "cross_validation"]
    low, high = known["interval"]
    yield (
        f"photographs: {'test' if is_tested else 'cross-validated'} accuracy"
        f" {known['accuracy']:.2%} (95 %: {low:.2%} to {high:.2%}), calibration error"
        f" {known['calibration_error']:.2%}, sure of {known['coverage']:.2%}, of these"
        f" {known['accuracy_when_sure']:.2%} right"
    )
