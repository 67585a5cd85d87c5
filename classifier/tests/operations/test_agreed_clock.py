import datetime
import io
import tempfile
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings, tag
from django.utils import timezone

from classifier import history
from classifier.exceptions import ClockInDoubt
from classifier.operations import retention
from deewhy.cassandra import session

from ..fixtures.uploads import make_upload

NOW = timezone.now()
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)


@tag("cassandra")
@override_settings(UPLOAD_TTL_DAYS=30)
class ClockTests(TestCase):
    """The clock of this machine is moved, that of Cassandra is a real one."""

    databases = {"default", "cassandra"}

    def setUp(self):
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=self.media))
        for table in ("upload", "upload_day"):
            session.execute(f"TRUNCATE {table}")
        history.days.forget()

    def set_clock(self, by):
        self.enterContext(
            mock.patch.object(timezone, "now", lambda: datetime_now() + by)
        )

    def upload(self, age, begun=None):
        """Record an upload with its picture; `begun` is when Cassandra heard of it."""
        upload = make_upload(NOW - age)
        picture = self.media / upload.stored_name
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.touch()
        if begun:
            self.begin(upload.created_at.date(), begun)
        history.record(upload)
        return upload, picture

    def begin(self, day, at):
        microseconds = int(at.timestamp() * 1_000_000)
        session.execute(
            "INSERT INTO upload_day (scope, day, shards) VALUES ('uploads', ?, 1)"
            f" USING TIMESTAMP {microseconds}",
            (day,),
        )

    def assertKept(self, upload, picture):
        self.assertIsNotNone(history.get(upload.id))
        self.assertIs(picture.exists(), True)

    def test_deletes_nothing_by_a_clock_that_runs_far_ahead(self):
        kept = self.upload(5 * DAY)
        self.set_clock(100 * DAY)

        with self.assertRaises(ClockInDoubt):
            retention.delete_old()

        self.assertKept(*kept)

    def test_purges_nothing_by_hand_by_a_clock_that_runs_far_ahead(self):
        kept = self.upload(5 * DAY)
        self.set_clock(100 * DAY)

        with self.assertRaisesMessage(CommandError, "NTP"):
            call_command("purge", "--older-than", "30d", stdout=io.StringIO())

        self.assertKept(*kept)

    def test_deletes_old_uploads_by_clocks_that_are_seconds_apart(self):
        upload, picture = self.upload(40 * DAY, begun=NOW - 40 * DAY)
        self.set_clock(MINUTE)

        self.assertEqual(retention.delete_old(), 1)

        self.assertIsNone(history.get(upload.id))
        self.assertIs(picture.exists(), False)

    def test_keeps_new_records_of_a_machine_with_a_slow_clock(self):
        kept = self.upload(40 * DAY)

        self.assertEqual(retention.delete_old(), 0)

        self.assertKept(*kept)


def datetime_now():
    return datetime.datetime.now(datetime.UTC)
