"""`manage.py doctor`: the faults of this installation, and their cures."""

import sys
from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from classifier.exceptions import (
    HistoryUnavailable,
    NetworkUnavailable,
    StorageUnavailable,
)
from classifier.operations import doctor

UNABLE = HistoryUnavailable, NetworkUnavailable, StorageUnavailable, OSError


class Command(BaseCommand):
    help = "Examine every part of the service. The exit status is 1 if one fails."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=7,
            help="Days for which pictures are compared with records; 0 for all. "
            "Default: %(default)s.",
        )
        parser.add_argument(
            "--fix",
            action="store_true",
            help="Record pictures that have no record, and move unreadable files "
            "into MEDIA_ROOT/quarantine, with the reason.",
        )

    def handle(self, *args, **options):
        findings = []
        for finding in doctor.examine():
            self.say(finding)
            findings.append(finding)
        finding, orphans = doctor.examine_pictures(options["days"])
        self.say(finding)
        if not (options["fix"] and orphans and self.fix(orphans)):
            findings.append(finding)
        if not all(finding.is_well for finding in findings):
            sys.exit(1)

    def say(self, finding):
        if not finding.is_well:
            mark = self.style.ERROR("ill")
        elif finding.advice:
            mark = self.style.WARNING("ok ")
        else:
            mark = self.style.SUCCESS("ok ")
        self.stdout.write(f"{mark} {finding.part}: {finding.said}")
        if finding.cure or finding.advice:
            self.stdout.write(f"    → {finding.cure or finding.advice}")

    def fix(self, orphans):
        """Repair each and report the outcome; return whether none is left over."""
        count = Counter()
        for orphan in orphans:
            try:
                is_recorded = orphan.mend()
            except UNABLE as error:
                raise CommandError(error) from error
            count["recorded"] += is_recorded
            if not is_recorded:
                count["moved"] += orphan.folder is not None
                count["left"] += orphan.is_left
                self.stdout.write(f"    {orphan.folder or orphan.id}: {orphan.reason}")
        self.stdout.write(
            _(
                "%(recorded)d pictures recorded, %(moved)d moved into quarantine, "
                "%(left)d left where they are."
            )
            % {name: count[name] for name in ("recorded", "moved", "left")}
        )
        return not count["left"]
