import datetime
import tempfile
from pathlib import Path
from unittest import mock

from django.core.management import call_command
from django.test import SimpleTestCase, TestCase, override_settings, tag
from django.utils import timezone

from classifier import history
from classifier.exceptions import HistoryUnavailable
from classifier.operations import retention
from classifier.spool.models import ClockWatch
from deewhy.cassandra import session

NOW = timezone.now()
TODAY = NOW.date()
HOUR = datetime.timedelta(hours=1)


@override_settings(UPLOAD_TTL_DAYS=30)
class ExpiryTests(SimpleTestCase):
    def setUp(self):
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=self.media))
        days = mock.patch.object(history, "days_between", return_value=[])
        self.days_between = self.enterContext(days)
        now = mock.patch.object(history, "now", lambda: timezone.now())
        self.enterContext(now)
        begun = mock.patch.object(history, "day_begun_at", return_value=None)
        self.enterContext(begun)

    def make_picture_of(self, days_ago):
        day = TODAY - datetime.timedelta(days_ago)
        path = self.media / f"{day:%Y/%m/%d}" / "picture.png"
        path.parent.mkdir(parents=True)
        path.touch()
        return path

    def test_removes_pictures_of_days_that_are_old_enough(self):
        kept, gone = self.make_picture_of(30), self.make_picture_of(31)

        retention.delete_old()

        self.assertIs(kept.exists(), True)
        self.assertIs(gone.parent.exists(), False)

    def test_deletes_the_records_of_these_days(self):
        last = TODAY - datetime.timedelta(31)
        self.days_between.return_value = [(last, 2)]
        with mock.patch.object(history, "purge_day", return_value=7) as purge_day:
            deleted = retention.delete_old()

        self.assertEqual(deleted, 7)
        self.days_between.assert_called_once_with(datetime.date.min, last)
        self.assertEqual(purge_day.call_args.args[:2], (last, 2))

    def test_leaves_the_pictures_while_cassandra_is_away(self):
        picture = self.make_picture_of(99)
        self.days_between.side_effect = HistoryUnavailable
        with self.assertRaises(HistoryUnavailable):
            retention.delete_old()

        self.assertIs(picture.exists(), True)

    def test_does_nothing_where_uploads_stay(self):
        with (
            override_settings(UPLOAD_TTL_DAYS=0),
            mock.patch.object(retention, "repeat") as repeat,
        ):
            retention.start()

        repeat.assert_not_called()


class ClockWatchTests(TestCase):
    def see(self, *hours):
        """Read the clock at some hours; return whether the last reading is believed."""
        for hour in hours:
            believed = ClockWatch.may_be_believed(NOW + hour * HOUR)
        return believed

    def test_believes_a_clock_that_has_run_evenly_for_a_day(self):
        self.assertIs(self.see(0), False)
        self.assertIs(self.see(*range(1, 24)), False)
        self.assertIs(self.see(24), True)

    def test_believes_it_after_a_pause_of_days(self):
        self.assertIs(self.see(0, 24, 7 * 24), True)

    def test_does_not_believe_one_that_was_set_ahead_until_a_day_has_passed(self):
        self.see(0, 24)

        self.assertIs(self.see(100 * 24), False)
        self.assertIs(self.see(101 * 24 - 1), False)
        self.assertIs(self.see(101 * 24), True)

    def test_does_not_believe_one_that_was_set_back_after_that(self):
        self.assertIs(self.see(0, 24, 100 * 24, 25), False)

    def test_a_look_deletes_nothing_until_then(self):
        with (
            mock.patch.object(history, "now", lambda: timezone.now()),
            mock.patch.object(retention, "delete_old", return_value=0) as delete_old,
        ):
            retention.look()
            delete_old.assert_not_called()

            ClockWatch.objects.update(even_since=NOW - 24 * HOUR)
            retention.look()
            delete_old.assert_called_once_with()


@tag("cassandra")
class TimeToLiveTests(TestCase):
    databases = {"default", "cassandra"}

    def times_to_live(self):
        rows = session.session().execute(
            "SELECT table_name, default_time_to_live FROM system_schema.tables "
            "WHERE keyspace_name = %s",
            (session.session().keyspace,),
        )
        found = {row["table_name"]: row["default_time_to_live"] for row in rows}
        return {found[table] for table in retention.TABLES}

    def test_migrate_tells_cassandra_how_long_a_record_stays(self):
        self.addCleanup(call_command, "migrate", database="cassandra", verbosity=0)
        with override_settings(UPLOAD_TTL_DAYS=1):
            call_command("migrate", database="cassandra", verbosity=0)

        self.assertEqual(self.times_to_live(), {9 * 24 * 3600})

    def test_records_that_stay_have_no_time_to_live(self):
        with override_settings(UPLOAD_TTL_DAYS=0):
            call_command("migrate", database="cassandra", verbosity=0)

        self.assertEqual(self.times_to_live(), {0})
