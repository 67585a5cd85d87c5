"""`manage.py networks`: list, show, report, compare, promote, rollback, archive."""

import json
from itertools import chain

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from classifier.evaluation import reports
from classifier.exceptions import NetworkUnavailable
from classifier.learning import comparison, overview, promotion
from classifier.networks import checkpoints, promotions


class Command(BaseCommand):
    """One sub-command for each thing to do; `learning` does it."""

    help = (
        "List and show checkpoints, compare two, make one the served one, go back to"
        " the one served before, or move one aside."
    )
    # A warning about a missing checkpoint is no help to the user repairing it.
    requires_system_checks = []

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="every checkpoint, newest first")
        listed.add_argument("--json", action="store_true", help="print JSON")
        shown = actions.add_parser("show", help="figures, origin and card of one")
        shown.add_argument("version")
        shown.add_argument("--json", action="store_true", help="print its whole card")
        told = actions.add_parser("report", help="its report, as a page for a browser")
        told.add_argument("version")
        compared = actions.add_parser("compare", help="figures of two, side by side")
        compared.add_argument("version")
        compared.add_argument("other", nargs="?", help="default: the served one")
        promoted = actions.add_parser("promote", help="make one the served one")
        promoted.add_argument("version")
        back = actions.add_parser(
            "rollback", help="serve the one again that was before"
        )
        for parser in (promoted, back):
            parser.add_argument("--reason", default="", help="why; it is kept")
        archived = actions.add_parser(
            "archive", help="move one to checkpoints/archived"
        )
        archived.add_argument("version")

    def handle(self, *, action, **options):
        self.verbosity = options["verbosity"]
        try:
            getattr(self, action)(**options)
        except (promotion.Refused, NetworkUnavailable) as error:
            raise CommandError(str(error)) from error

    def list(self, *, json, **options):
        entries = overview.entries()
        if json:
            self.write_json([each.as_dict() for each in entries])
            return
        for each in entries:
            for line in lines(each):
                self.stdout.write(line)

    def show(self, *, version, json, **options):
        found = self.entry(version)
        if json:
            self.write_json(found.card)
            return
        for line in lines(found):
            self.stdout.write(line)
        for line in details(found):
            self.stdout.write(line)

    def report(self, *, version, **options):
        checkpoint = checkpoints.open_checkpoint(version, is_verified=False)
        sections = [*chain(*checkpoint.sections.values())]
        command = checkpoint.card.get("training", {}).get("command")
        page = reports.page(f"Checkpoint {version}", sections, command)
        self.stdout.write(page, ending="")

    def compare(self, *, version, other, **options):
        new = self.entry(version)
        old = self.entry(other or checkpoints.served_version())
        self.stdout.write(f"{'':<36}{old.version:>18}{new.version:>18}{'change':>10}")
        for row in comparison.of_entries(old, new):
            shares = (row.first, row.second)
            told = "".join(f"{percent(each):>18}" for each in shares)
            self.stdout.write(f"{row.name:<36}{told}{points(row.change):>10}")

    def promote(self, *, version, reason, **options):
        done = promotion.promote(version, by=promotions.operator(), reason=reason)
        self.say(f"{done.version} is the one to serve, instead of {done.previous}.")

    def rollback(self, *, reason, **options):
        done = promotion.rollback(by=promotions.operator(), reason=reason)
        self.say(f"{done.version} is the one to serve again, not {done.previous}.")

    def archive(self, *, version, **options):
        self.say(f"Moved to {promotion.archive(version)}.")

    def entry(self, version):
        found = overview.entry(version)
        if found is None:
            raise CommandError(
                f"There is no checkpoint {version}. Run manage.py networks list."
            )
        return found

    def say(self, line):
        if self.verbosity:
            self.stdout.write(self.style.SUCCESS(line))

    def write_json(self, value):
        self.stdout.write(json.dumps(value, indent=2, ensure_ascii=False))


def lines(entry):
    """Yield the line of a checkpoint in the list."""
    state = ""
    if entry.is_served:
        since = entry.served_since
        state = f", served since {since:%Y-%m-%d %H:%M} UTC" if since else ", served"
        if since:
            state += f" by {entry.promotion.by}"
    yield f"{entry.version}  {filesizeformat(entry.size_bytes)}{state}"
    if entry.problem:
        yield f"  broken: {entry.problem}"
    for figure in entry.figures:
        yield f"  {figure}"


def details(entry):
    """Yield the details: classes, training data, last promotion, report."""
    names = entry.card.get("class_names", ())
    yield f"  {len(names)} classes: {', '.join(names)}"
    for kind, origin in entry.learnt_from.items():
        said = ", ".join(f"{name} {value}" for name, value in origin.items() if value)
        yield f"  {kind}s learnt from: {said}"
    training = entry.card.get("training", {})
    yield f"  made: {entry.card.get('created')} by {training.get('by', 'unknown')}"
    yield f"  command: {training.get('command')}"
    if last := entry.promotion:
        why = f": {last.reason}" if last.reason else ""
        yield f"  promoted: {last.at:%Y-%m-%d %H:%M} UTC by {last.by}{why}"
    yield f"  report: manage.py networks report {entry.version} > report.html"


def percent(share):
    return "" if share is None else f"{share:.2%}"


def points(change):
    return "" if change is None else f"{100 * change:+.2f}"
